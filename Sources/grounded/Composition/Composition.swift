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
import RAGEmbedded
import RAGHTTP
import RAGModels
import RAGPipeline
import RAGPython
import RAGTelemetry
import RAGTransport
import ServiceLifecycle
import UnixSignals

/// The object graph of a server: the only place that knows which backend is in force.
struct Composition {
    let settings: Settings
    let logger: Logger
    let store: EmbeddedStore
    let ingest: IngestPipeline
    let services: HTTPServices
    private let worker: IngestWorker
    private let transport: HTTPTransport

    /// Opens the store, loads the model and wires everything.
    /// - Parameter prepares: Whether the store must match the settings' generation; `reembed` is there for when it does not.
    /// - Throws: `RAGError` with what to do.
    init(_ settings: Settings, logger: Logger, prepares: Bool = true) async throws {
        self.settings = settings
        self.logger = logger
        let health = HealthRegistry { Date.now.timeIntervalSince1970 }
        let store = try EmbeddedStore(
            .init(directory: settings.dataDirectory, indexMemory: settings.indexMemory),
            logger: logger
        )
        self.store = store
        let transport = HTTPTransport(logger: logger)
        self.transport = transport
        health.report("store", .ok)
        do {
            let model = try await Self.embedder(settings, health: health, logger: logger)
            let scheduler = SchedulingEmbeddingProvider(
                ObservedEmbeddingProvider(model, health: health),
                settings: .init(lanes: settings.embeddingThreads)
            )
            let loader = StandardDocumentLoader()
            let chunker = StructureAwareChunker(ChunkingParameters(targetTokens: settings.chunkTokens))
            let generation = Generation(space: model.space, chunking: chunker.fingerprint)
            if prepares { try await store.prepare(generation) }
            ingest = IngestPipeline(
                loader: loader,
                chunker: chunker,
                embedder: scheduler,
                store: store,
                log: store,
                logger: logger,
                health: health
            )
            worker = IngestWorker(ingest)
            let answering = AnswerPipeline(
                store: store,
                embedder: CachedEmbeddingProvider(
                    scheduler.interactive,
                    capacity: settings.cacheSize,
                    timeToLive: settings.cacheTTL
                ),
                generator: try Self.generator(settings, transport: transport, health: health),
                settings: Self.answerSettings(settings),
                logger: logger
            )
            services = Self.services(settings, answering: answering, ingest: ingest, store: store, health: health)
        } catch {
            try? await store.close()
            try? await transport.shutdown()
            throw error
        }
    }

    /// Gives everything back without having served.
    func close() async throws {
        try await store.close()
        try await transport.shutdown()
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
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: StoreService(store: store), successTerminationBehavior: .ignore),
                .init(service: worker, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: DrainDelay(health: services.health, delay: settings.drain), successTerminationBehavior: .ignore),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = settings.shutdown
        configuration.maximumCancellationDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        stop?.attach(group)
        do {
            try await group.run()
        } catch {
            try? await transport.shutdown()
            throw error
        }
        try await transport.shutdown()
    }

    /// What `check-config` says of Python, without loading a model.
    static func pythonReport(override: String?) -> String {
        do {
            let report = try PythonRuntime.start(PythonPlaces(named: override)).report
            return "\(report.version) (\(report.executable), \(report.library))"
        } catch {
            return "not usable: \(error)"
        }
    }

    private static func embedder(
        _ settings: Settings,
        health: HealthRegistry,
        logger: Logger
    ) async throws -> any EmbeddingProvider {
        let runtime = try PythonRuntime.start(
            PythonPlaces(named: settings.python, modulePaths: modulePaths())
        )
        logger.info(
            "python started",
            metadata: ["version": "\(runtime.report.version)", "executable": "\(runtime.report.executable)"]
        )
        let threads = PythonThreads(count: settings.embeddingThreads, runtime: runtime) {
            // The call cannot be ended from inside: say so, stop taking traffic, and let the supervisor start afresh.
            health.report("embedder", .down, detail: "a Python call hangs; the process ends")
            health.beginDraining()
            logger.critical("a Python call hangs; the process ends so that its supervisor can start it afresh")
            // Not exit: its handlers would run beside the thread that hangs.
            _exit(70)
        }
        let name: String
        let options: JSONValue
        if settings.embeddingBackend == "onnx" {
            name = PythonEmbeddingProvider.onnxEmbedder
            options = .object(["model_dir": .string(try ModelDirectory.find(settings.embeddingModel))])
        } else {
            name = String(settings.embeddingBackend.dropFirst("python:".count))
            options = .object([:])
        }
        return try await PythonEmbeddingProvider.load(
            name,
            options: options,
            runtime: runtime,
            threads: threads,
            deadline: .after(.seconds(120))
        )
    }

    private static func modulePaths() -> [String] {
        (ProcessInfo.processInfo.environment["PYTHONPATH"] ?? "").split(separator: ":").map(String.init)
    }

    private static func generator(
        _ settings: Settings,
        transport: HTTPTransport,
        health: HealthRegistry
    ) throws -> (any Generator)? {
        guard let model = settings.languageModel else { return nil }
        let base = try UpstreamURL(
            settings.openAIBaseURL ?? "https://api.openai.com/v1",
            setting: SettingKey.openAIBaseURL.name
        )
        let generator = OpenAIGenerator(
            upstream: Upstream(name: "the language model", base: base),
            settings: OpenAISettings(model: model, apiKey: settings.openAIKey),
            transport: transport
        )
        return ObservedGenerator(generator, health: health)
    }

    private static func answerSettings(_ settings: Settings) -> AnswerSettings {
        var answer = AnswerSettings()
        answer.fusion = Fusion(
            method: settings.usesReciprocalRankFusion ? .reciprocalRank(k: 60) : .minMax,
            denseWeight: settings.denseWeight
        )
        return answer
    }

    private static func services(
        _ settings: Settings,
        answering: AnswerPipeline,
        ingest: IngestPipeline,
        store: EmbeddedStore,
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
            store: store,
            log: store,
            health: health,
            refreshHealth: { Telemetry.report(store, to: health) },
            keyring: settings.keyring,
            metrics: { await Telemetry.exposition(of: store, health: health) }
        )
    }
}
