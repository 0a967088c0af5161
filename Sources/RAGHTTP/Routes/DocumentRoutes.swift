// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

/// `/documents…`: list, read, history and withdrawal.
struct DocumentRoutes: Sendable {
    static let pageLimits = 1...1_000

    var store: any KnowledgeStore

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/documents", .role(.read), handler: list),
            Endpoint(.get, "/documents/{id}", .role(.read), handler: read),
            Endpoint(.delete, "/documents/{id}", .role(.write), handler: withdraw),
            Endpoint(.get, "/documents/{id}/text", .role(.read), handler: text),
        ]
    }

    private static var notFound: RAGError { RAGError(.notFound, "there is no such document; a slash in an id is written %2F") }

    private func list(_ request: APIRequest) async throws -> Response {
        let parameters = try QueryParameters(request.query, names: ["after", "prefix", "limit"])
        var after: DocumentID?
        if let text = parameters.string("after") { after = try DocumentID(text, field: "after") }
        let prefix = parameters.string("prefix")
        if let prefix { _ = try DocumentID(prefix, field: "prefix") }
        let page = try await store.documents(
            after: after,
            prefix: prefix,
            limit: try parameters.integer("limit", in: Self.pageLimits) ?? 100,
            in: try request.scope
        )
        return .json(DocumentEncoding.page(page, requestID: request.id))
    }

    private func read(_ request: APIRequest) async throws -> Response {
        _ = try QueryParameters(request.query, names: [])
        guard let record = try await store.document(request.documentID, history: true, in: request.scope) else {
            throw Self.notFound
        }
        return .json(DocumentEncoding.record(record, requestID: request.id))
    }

    private func text(_ request: APIRequest) async throws -> Response {
        let parameters = try QueryParameters(request.query, names: ["revision"])
        let revision = try parameters.integer("revision", in: 1...Int.max)
        guard let found = try await store.text(of: request.documentID, revision: revision, in: request.scope) else {
            throw revision == nil ? Self.notFound : RAGError(.notFound, "there is no such document or revision")
        }
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .eTag: "\"\(found.revision.hash)\"", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: found.text))
        )
        response.headers.set("X-Revision", String(found.revision.number))
        return response
    }

    private func withdraw(_ request: APIRequest) async throws -> Response {
        _ = try QueryParameters(request.query, names: [])
        guard let withdrawal = try await store.withdraw(request.documentID, in: request.scope) else { throw Self.notFound }
        return .json(DocumentEncoding.withdrawal(withdrawal, requestID: request.id))
    }
}
