// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGEmbedded
import RAGPipeline
import RAGQdrant
import RAGTransport

/// The store in force, and what only its kind can do.
enum ServingStore: Sendable {
    case embedded(EmbeddedStore)
    case qdrant(QdrantStore, HTTPTransport)

    /// Opens what the settings mean.
    static func open(_ settings: Settings, logger: Logger) throws(RAGError) -> ServingStore {
        if let place = settings.qdrant { return qdrant(place, logger: logger) }
        return .embedded(
            try EmbeddedStore(.init(directory: settings.dataDirectory, indexMemory: settings.indexMemory), logger: logger)
        )
    }

    static func qdrant(_ place: QdrantPlace, logger: Logger) -> ServingStore {
        // Connections of its own: how long opening one may take is part of how soon a reply says that Qdrant is away.
        let transport = HTTPTransport(
            connectLimit: .milliseconds(500),
            certificateAuthority: place.certificateAuthority,
            logger: logger
        )
        let client = QdrantClient(url: place.url, apiKey: place.apiKey, transport: transport)
        return .qdrant(QdrantStore(client, settings: place.settings, logger: logger), transport)
    }

    var store: any TransferableStore & IngestLog {
        switch self {
        case .embedded(let store): store
        case .qdrant(let store, _): store
        }
    }

    /// The generation that it serves, waiting for a server that is not there yet; nil for a new store.
    func generation(logger: Logger) async throws(RAGError) -> Generation? {
        try await waiting(logger) { () throws(RAGError) in try await self.store.generation() }
    }

    /// Prepares it for a generation, waiting for a server that is not there yet.
    func prepare(_ generation: Generation, logger: Logger) async throws(RAGError) {
        try await waiting(logger) { () throws(RAGError) in try await self.store.prepare(generation) }
    }

    /// Servers that start together come up in any order.
    private func waiting<Value>(
        _ logger: Logger,
        _ body: () async throws(RAGError) -> Value
    ) async throws(RAGError) -> Value {
        let deadline = Deadline.after(.seconds(60))
        while true {
            do {
                return try await body()
            } catch {
                guard case .qdrant = self, error.code == .unavailable || error.code == .overloaded, !deadline.hasPassed else { throw error }
                logger.warning("the store cannot be asked yet, trying again", metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: .seconds(1)) } catch { throw RAGError.wrapping(error) }
            }
        }
    }

    /// Says where this server answers, for command-line tools on the same machine.
    func advertise(url: String) {
        if case .embedded(let store) = self { store.advertise(url: url) }
    }

    /// Says how the store is now.
    func report(to health: HealthRegistry) {
        switch self {
        case .embedded(let store):
            // Reading goes on when writing cannot.
            health.report("store", store.writeFailure == nil ? .ok : .degraded, detail: store.writeFailure?.message)
        case .qdrant(let store, _):
            if store.isolationViolations > 0 {
                health.report(
                    "store",
                    .down,
                    detail: "qdrant has returned another tenant's data; look at the logs and restart when it is cured"
                )
            } else {
                health.report("store", store.failure == nil ? .ok : .down, detail: store.failure?.message)
            }
        }
    }

    /// Keeps the store in order until the task is cancelled.
    func run() async throws {
        switch self {
        case .embedded(let store): try await store.run()
        case .qdrant(let store, _): await store.run()
        }
    }

    func close() async throws {
        switch self {
        case .embedded(let store): try await store.close()
        case .qdrant(_, let transport): try await transport.shutdown()
        }
    }
}
