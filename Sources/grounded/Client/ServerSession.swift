// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGEmbedded
import ServiceLifecycle

/// The server that a client command talks to: the one named, the one that holds the data directory, or one of its own.
enum ServerSession {
    /// Runs `body` with a client of that server; a server of its own is stopped afterwards.
    static func with<Value: Sendable>(
        _ server: ServerOptions,
        _ options: SettingsOptions,
        _ body: @escaping @Sendable (ServerClient) async throws -> Value
    ) async throws -> Value {
        if let url = server.server {
            let logger = Telemetry.bootstrap(level: .error)
            return try await Self.talk(to: url, key: server.key, logger: logger, body)
        }
        var settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        if let holder = EmbeddedStore.server(of: settings.dataDirectory) {
            guard let url = holder.url else {
                throw RAGError(
                    .conflict,
                    "process \(holder.processID) holds \(settings.dataDirectory) and serves no address; wait for it to end"
                )
            }
            return try await Self.talk(to: url, key: server.key, logger: logger, body)
        }
        settings.host = "127.0.0.1"
        settings.port = 0
        settings.drain = .zero
        // Nobody else knows of this server and it ends with the command; with keys in force the command needs one all the same.
        return try await Self.serveAndTalk(settings, key: server.key, logger: logger, body)
    }

    private static func talk<Value: Sendable>(
        to url: String,
        key: String?,
        logger: Logger,
        _ body: @Sendable (ServerClient) async throws -> Value
    ) async throws -> Value {
        let client = try ServerClient(url: url, key: key, logger: logger)
        do {
            let value = try await body(client)
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func serveAndTalk<Value: Sendable>(
        _ settings: Settings,
        key: String?,
        logger: Logger,
        _ body: @escaping @Sendable (ServerClient) async throws -> Value
    ) async throws -> Value {
        let composition = try await Composition(settings, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            let stop = ShutdownTrigger()
            group.addTask {
                defer { port.finish() }
                try await composition.serve(stop: stop) { port.yield($0) }
                return nil
            }
            group.addTask {
                guard let number = await ports.first(where: { _ in true }) else { return nil }
                do {
                    let value = try await Self.talk(to: "http://127.0.0.1:\(number)", key: key, logger: logger, body)
                    await stop.fire()
                    return value
                } catch {
                    await stop.fire()
                    throw error
                }
            }
            var result: Value?
            for try await value in group { result = value ?? result }
            guard let result else { throw RAGError(.unavailable, "the server ended before it could be asked") }
            return result
        }
    }
}
