// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Metrics
import RAGCore
import RAGDocuments
import RAGHTTP
import RAGPipeline
import RAGTelemetry
import RAGTransport
import ServiceLifecycle
import UnixSignals

/// The object graph of a server: the only place that knows which backend is in force.
struct Composition {
    let settings: Settings
    let logger: Logger
    let store: ServingStore
    let ingest: IngestPipeline
    let services: HTTPServices
    private let worker: IngestWorker
    private let transport: HTTPTransport
    private let models: Models
    private let loaders: Loaders
    private let caches: Caches
    private let limits: RateLimits
    private let answers: CachedAnswers?

    /// Opens the store, loads the model and wires everything.
    /// - Parameter prepares: Whether the store must match the settings' generation; `reembed` is there for when it does not.
    /// - Throws: `RAGError` with what to do.
    init(_ settings: Settings, logger: Logger, prepares: Bool = true) async throws {
        self.settings = settings
        self.logger = logger
        let health = HealthRegistry { Date.now.timeIntervalSince1970 }
        let serving = try ServingStore.open(settings, logger: logger)
        store = serving
        let store = serving.store
        let transport = HTTPTransport(logger: logger)
        self.transport = transport
        health.report("store", .ok)
        do {
            let stored = try await serving.generation(logger: logger)
            models = try await Models(
                settings,
                stored: stored?.space.fingerprint,
                transport: transport,
                health: health,
                logger: logger
            )
            let scheduler = SchedulingEmbeddingProvider(
                models.embedder,
                settings: .init(lanes: settings.embedding.threads, textsPerGroup: models.textsPerGroup)
            )
            loaders = Loaders(settings, logger: logger)
            let chunker = StructureAwareChunker(ChunkingParameters(targetTokens: settings.chunkTokens))
            let generation = Generation(space: models.embedder.space, chunking: chunker.fingerprint)
            if prepares { try await serving.prepare(generation, logger: logger) }
            ingest = IngestPipeline(
                loader: loaders.loader,
                chunker: chunker,
                embedder: scheduler,
                store: store,
                log: store,
                logger: logger,
                health: health
            )
            worker = IngestWorker(ingest)
            let redis = RedisHealth(health)
            caches = try Caches(settings.caching, health: redis, logger: logger)
            limits = try RateLimits(settings, health: redis, logger: logger)
            let answering = AnswerPipeline(
                store: store,
                // A local model's lanes are shared, queries first. A server has its own: there queries need not wait for any of ours.
                embedder: caches.before(settings.embedding.url == nil ? scheduler.interactive : models.embedder),
                generator: models.generator,
                reranker: models.reranker,
                settings: Self.answerSettings(settings),
                logger: logger
            )
            answers = caches.before(answering, store: store, decides: Self.deciding(settings, generation, models))
            var services = Self.services(settings, answering: answers ?? answering, ingest: ingest, store: serving, health: health)
            services.limits = limits.limiting
            self.services = services
        } catch {
            try? await serving.close()
            try? await transport.shutdown()
            throw error
        }
    }

    /// Gives everything back without having served.
    func close() async throws {
        try await store.close()
        await releaseModels()
    }

    private func releaseModels() async {
        await caches.shutdown()
        limits.stop()
        models.stop()
        loaders.stop()
        try? await transport.shutdown()
    }

    /// Serves until told to stop.
    /// - Parameters:
    ///   - stop: Stops the server too, beside the signals.
    ///   - onRunning: Called once with the port.
    func serve(stop: ShutdownTrigger? = nil, onRunning: @escaping @Sendable (Int) async -> Void) async throws {
        var http = HTTPSettings()
        http.host = settings.host
        http.port = settings.port
        http.maximumConnections = settings.maximumConnections
        http.version = Version.current
        let server = makeHTTPServer(services, settings: http, logger: logger) { [store, settings] port in
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            store.advertise(url: "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)")
            await onRunning(port)
        }
        // Stopped in reverse order, each waiting for the one before: this list is the shutdown plan.
        let remembering = answers.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0, successTerminationBehavior: .ignore) }
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: StoreService(store: store), successTerminationBehavior: .ignore),
                .init(service: worker, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: DrainDelay(health: services.health, delay: settings.drain), successTerminationBehavior: .ignore),
            ] + (remembering.map { [$0] } ?? []),
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = settings.shutdown
        configuration.maximumCancellationDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        stop?.attach(group)
        caches.start()
        limits.start()
        loaders.start()
        do {
            try await group.run()
        } catch {
            await releaseModels()
            throw error
        }
        await releaseModels()
    }

    /// What decides answers beside the documents and the request.
    private static func deciding(_ settings: Settings, _ generation: Generation, _ models: Models) -> String {
        let names = [generation.identifier, models.generator?.model, models.reranker?.model].map { $0 ?? "-" }
        return "\(names) \(answerSettings(settings).fusion) \(answerSettings(settings).reranking) \(settings.contextNeighbours)"
    }

    private static func answerSettings(_ settings: Settings) -> AnswerSettings {
        var answer = AnswerSettings()
        answer.fusion = Fusion(
            method: settings.fusion,
            denseWeight: settings.denseWeight
        )
        answer.contextNeighbours = settings.contextNeighbours
        let reranking = settings.reranking
        answer.reranking = RerankSettings(
            isOn: reranking.isDefault,
            weight: reranking.weight,
            candidates: reranking.candidates,
            limit: reranking.limit
        )
        return answer
    }

    private static func services(
        _ settings: Settings,
        answering: any Answering,
        ingest: IngestPipeline,
        store: ServingStore,
        health: HealthRegistry
    ) -> HTTPServices {
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        var limits = AdmissionControl.Limits.standard(cores: cores)
        limits.query = settings.queryPermits
        limits.generate = settings.queryPermits
        // Documents wait for the model inside; permits only bound how many are held in memory.
        limits.ingest = max(8, 4 * cores)
        let admission = AdmissionControl(limits: limits)
        return HTTPServices(
            answering: AdmittedAnswering(pipeline: answering, admission: admission),
            ingesting: AdmittedIngesting(pipeline: ingest, admission: admission),
            store: store.store,
            log: store.store,
            health: health,
            refreshHealth: { store.report(to: health) },
            keyring: settings.keyring,
            metrics: { await Telemetry.exposition(of: store, health: health) }
        )
    }
}
