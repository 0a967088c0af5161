// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGPipeline
import RAGPython

/// Starts Python where a model needs it, and only then.
final class PythonModels {
    private let settings: Settings
    private let health: HealthRegistry
    private let logger: Logger
    private var hosts: [PythonHost] = []
    /// Embedding and reranking share one: a query waits for both.
    private var shared: PythonHost?

    private static let patience: Duration = .seconds(120)

    init(_ settings: Settings, health: HealthRegistry, logger: Logger) {
        self.settings = settings
        self.health = health
        self.logger = logger
    }

    /// What has been started.
    var started: [PythonHost] { hosts }

    /// Where models for queries live.
    static func isolation(_ settings: Settings) -> PythonHost.Isolation {
        settings.pythonWorkers > 0 ? .workers(settings.pythonWorkers) : .inProcess(threads: settings.embedding.threads)
    }

    func embedder(_ name: String, options: JSONValue) async throws -> PythonEmbeddingProvider {
        try await forQueries().embedder(name, options: options, deadline: .after(Self.patience))
    }

    func reranker(_ name: String, options: JSONValue) async throws -> any Reranker {
        try await forQueries().reranker(name, options: options, deadline: .after(Self.patience))
    }

    /// Language models have a host of their own: embeddings must not wait for them.
    func generator(_ name: String, options: JSONValue) async throws -> any Generator {
        let host = try start(settings.pythonWorkers > 0 ? .workers(min(2, settings.pythonWorkers)) : .inProcess(threads: 2))
        return try await host.generator(name, options: options, deadline: .after(Self.patience))
    }

    private func forQueries() throws -> PythonHost {
        if let shared { return shared }
        let host = try start(Self.isolation(settings))
        shared = host
        return host
    }

    private func start(_ isolation: PythonHost.Isolation) throws -> PythonHost {
        let host = try PythonHost(Self.places(settings.python), isolation: isolation, logger: logger) {
            [health, logger, drain = settings.drain.inSeconds] in
            // The call cannot be ended from inside: say so, stop taking traffic, and let the supervisor start afresh.
            health.report("embedder", .down, detail: "a Python call hangs; the process ends")
            health.beginDraining()
            logger.critical("a Python call hangs; the process ends so that its supervisor can start it afresh")
            // Long enough for a load balancer to hear of it.
            Thread.sleep(forTimeInterval: max(1, drain))
            // Not exit: its handlers would run beside the thread that hangs.
            _exit(70)
        }
        hosts.append(host)
        return host
    }

    /// Where Python is looked for, and where its modules.
    static func places(_ interpreter: String?) -> PythonPlaces {
        let paths = ProcessInfo.processInfo.environment["PYTHONPATH"] ?? ""
        return PythonPlaces(named: interpreter, modulePaths: paths.split(separator: ":").map(String.init))
    }
}
