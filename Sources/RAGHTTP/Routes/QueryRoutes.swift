// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore
import RAGPipeline

/// `POST /query`: retrieval and answer, as JSON or as a stream of events.
struct QueryRoutes: Sendable {
    var answering: any QuestionAnswering
    var bodies: BodyReader
    var limits: RateLimiting?
    var heartbeat: Duration

    var endpoints: [Endpoint] { [Endpoint(.post, "/query", .role(.read), handler: query)] }

    private func query(_ request: APIRequest) async throws -> Response {
        if let limits { try await admit(request, limits) }
        _ = try QueryParameters(request.query, names: [])
        try ContentType(request.http.headers).requireJSON()
        let body = try await bodies.withBody(of: request, limit: bodies.limits.query) { bytes in
            try QueryBody(JSONValue(parsing: bytes))
        }
        let scope = try request.scope
        if body.stream { return stream(body.request, scope, request) }
        let reply = try await answering.answer(body.request, in: scope) { _ in }
        var response = Response.json(AnswerEncoding.reply(reply, requestID: request.id))
        if !reply.degraded.isEmpty { response.headers.set("X-Degraded", reply.degraded.joined(separator: ",")) }
        return response
    }

    /// Counts the query before its body is read. The body of a refused one is read if it is small, so that the connection can be kept:
    /// clients that are told to wait would otherwise all have to connect again.
    private func admit(_ request: APIRequest, _ limits: RateLimiting) async throws {
        do throws(RAGError) {
            try await limits.admitQuery(request)
        } catch {
            let length = request.http.headers[.contentLength].flatMap { Int($0) }
            if let length, length <= 16 * 1_024 { _ = try? await bodies.withBody(of: request, limit: length) { _ in } }
            throw error
        }
    }

    private func stream(_ question: AnswerRequest, _ scope: TenantScope, _ request: APIRequest) -> Response {
        EventStream(heartbeat: heartbeat).response(to: request) { send in
            let reply = try await answering.answer(question, in: scope) { event in
                try Task.checkCancellation()
                switch event {
                case .passages(let passages, let notes):
                    send(ServerSentEvent("passages", data: AnswerEncoding.passages(passages, notes)))
                case .token(let text): send(ServerSentEvent("token", data: AnswerEncoding.token(text)))
                case .citation(let citation): send(ServerSentEvent("citation", data: AnswerEncoding.citation(citation)))
                }
            }
            let data = AnswerEncoding.reply(reply, requestID: request.id)
            return ServerSentEvent("done", data: data)
        }
    }
}
