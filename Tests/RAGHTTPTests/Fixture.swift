// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RAGCore
import RAGHTTP
import RAGPipeline
import RAGTestKit
import Testing

/// A server on doubles.
struct Fixture {
    let store = InMemoryKnowledgeStore()
    let health = HealthRegistry(now: { 1_700_000_000 })
    let ingesting: RecordingIngesting
    var answering = ScriptedAnswering { _, _, _ in try Sample.reply() }
    var refreshHealth: @Sendable () async -> Void = {}
    var keyring: APIKeyring?
    var settings = HTTPSettings()

    /// `acme` has a key of each role, `other` an admin's: `acme-read-key-0001` and so on.
    static let keys =
        "acme:read:acme-read-key-0001,acme:write:acme-write-key-0001,acme:admin:acme-admin-key-0001,other:admin:other-admin-key-0001"

    init(keys: String? = nil) throws {
        ingesting = RecordingIngesting(log: store)
        keyring = try keys.map { try APIKeyring(parsing: $0) }
        health.report("store", .ok)
        settings.port = 0
    }

    var services: HTTPServices {
        HTTPServices(
            answering: answering,
            ingesting: ingesting,
            store: store,
            log: store,
            health: health,
            refreshHealth: refreshHealth,
            keyring: keyring,
            metrics: { "rag_documents 1\n" }
        )
    }

    var application: Application<APIResponder> {
        buildApplication(services, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Puts a document into the store.
    func publish(_ id: String, text: String, in scope: TenantScope = .singleTenant) async throws {
        let space = EmbeddingSpace(model: "m", fingerprint: "f", dimension: 2, pooling: "mean", precision: "fp32", maximumTokens: 64)
        let generation = Generation(space: space, chunking: "c")
        try await store.prepare(generation)
        _ = try await store.publish(
            Publication(
                document: DocumentID(id),
                hash: Sample.hash,
                text: text,
                format: .plain,
                title: "Title",
                url: nil,
                metadata: ["lang": .string("en")],
                generation: generation,
                chunks: [Chunk(ordinal: 0, range: 0..<text.utf8.count)],
                vectors: EmbeddingMatrix(dimension: 2, values: [1, 0])
            ),
            completing: nil,
            in: scope
        )
    }
}

extension TestClientProtocol {
    /// Sends JSON, or nothing, and reads the reply.
    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        json: String? = nil,
        key: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        if let key { headers[.authorization] = "Bearer \(key)" }
        let response = try await execute(uri: uri, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) })
        return Reply(status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
    }
}

/// A reply as tests look at it.
struct Reply {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue { get throws { try JSONValue(parsing: bytes) } }

    func header(_ name: String) -> String? { HTTPFields.Element.Name(name).flatMap { headers[$0] } }
}
