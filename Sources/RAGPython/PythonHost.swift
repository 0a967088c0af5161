// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
package import RAGCore

/// Where Python models live: in the interpreter of this process, or in worker processes that may crash and hang without harm.
package final class PythonHost: Sendable {
    /// Where the models run, and how many calls run side by side.
    package enum Isolation: Sendable, Hashable {
        case inProcess(threads: Int)
        /// Each worker process makes its own copy of each model.
        case workers(Int)
    }

    /// What was found, for the start-up report and `check-config`.
    package struct Report: Sendable, Hashable, CustomStringConvertible {
        /// `3.11.7`
        package var version: String
        package var executable: String
        /// The shared library in this process; nil with worker processes.
        package var library: String?
        package var prefix: String
        package var sitePackages: String
        /// What was added to `sys.path`.
        package var importPaths: [String]
        package var isolation: Isolation

        package var description: String {
            switch isolation {
            case .inProcess(let threads): "\(version) (\(executable), \(library ?? "no library"), in this process, \(threads) threads)"
            case .workers(let count): "\(version) (\(executable), \(count) worker processes)"
            }
        }
    }

    package let report: Report
    let threads: PythonThreads
    private let maker: any ModelMaker
    private let logger: Logger

    /// Finds an interpreter, and starts it in this process or starts the worker processes. Blocks for about 100 ms.
    ///
    /// - Parameter onHang: Called once where a call hangs in this process, which is then to become unready and exit. Never called with
    ///   worker processes.
    /// - Throws: `unavailable` where there is no Python, `invalidConfiguration` where `PYTHON` names none or it has no shared library;
    ///   either says what to do.
    package init(
        _ places: PythonPlaces = PythonPlaces(),
        isolation: Isolation,
        limits: PythonThreads.Limits = PythonThreads.Limits(),
        logger: Logger,
        onHang: @escaping @Sendable () -> Void = {}
    ) throws(RAGError) {
        self.logger = logger
        switch isolation {
        case .inProcess(let count):
            let runtime = try PythonRuntime.start(places)
            report = Report(runtime.report, isolation: isolation)
            threads = PythonThreads(count: max(1, count), runtime: runtime, limits: limits, onHang: onHang)
            maker = InProcessMaker(runtime: runtime)
        case .workers(let count):
            let interpreter = try PythonInterpreter.find(places)
            report = Report(interpreter, importPaths: places.importPaths, isolation: isolation)
            let settings = WorkerSettings(executable: interpreter.executable, importPaths: places.importPaths)
            let models = WorkerModels()
            let lanes = (0..<max(1, count)).map {
                WorkerLane(index: $0, settings: settings, models: models, killGrace: limits.killGrace, logger: logger)
            }
            threads = PythonThreads(lanes: lanes, limits: limits, onHang: {})
            maker = WorkerMaker(lanes: lanes, models: models)
        }
        logger.info("python started", metadata: ["python": "\(report)"])
    }

    /// Takes over threads that exist already.
    init(runtime: PythonRuntime, threads: PythonThreads, logger: Logger) {
        self.report = Report(runtime.report, isolation: .inProcess(threads: threads.count))
        self.threads = threads
        self.maker = InProcessMaker(runtime: runtime)
        self.logger = logger
    }

    /// What there is, without starting it; throws as `init` does.
    package static func find(_ places: PythonPlaces = PythonPlaces(), isolation: Isolation) throws(RAGError) -> Report {
        let interpreter = try PythonInterpreter.find(places)
        if case .inProcess = isolation { _ = try interpreter.requiredLibrary() }
        return Report(interpreter, importPaths: places.importPaths, isolation: isolation)
    }

    /// Whether a call has hung in this process; it stays true.
    package var isHung: Bool { threads.isHung }

    /// Ends the worker processes; what waits or runs fails.
    package func stop() { threads.stop() }

    /// Process numbers of the workers that run now.
    package var workers: [Int32] { maker.processes }

    /// Loads an embedding model.
    ///
    /// - Parameters:
    ///   - name: `module:Class`; the class is found on `sys.path`.
    ///   - options: Keyword arguments of the class, as a JSON object.
    ///   - deadline: Models load in seconds.
    /// - Throws: `invalidConfiguration` with the Python exception as its cause, `unavailable`, `deadlineExceeded`, `cancelled`.
    package func embedder(
        _ name: String = PythonEmbeddingProvider.onnxEmbedder,
        options: JSONValue,
        deadline: Deadline
    ) async throws(RAGError) -> PythonEmbeddingProvider {
        let spec = PythonModelSpec(name: name, options: options, methods: PythonEmbeddingProvider.methods)
        let loaded = try await load(spec, name: name, subject: "the embedding model", deadline: deadline)
        return try PythonEmbeddingProvider(info: loaded.info, model: loaded.model, calls: loaded.calls)
    }

    /// Loads a reranking model; as `embedder`.
    package func reranker(_ name: String, options: JSONValue, deadline: Deadline) async throws(RAGError) -> PythonReranker {
        let spec = PythonModelSpec(name: name, options: options, methods: PythonReranker.methods)
        let loaded = try await load(spec, name: name, subject: "the reranking model", deadline: deadline)
        return try PythonReranker(info: loaded.info, model: loaded.model, calls: loaded.calls)
    }

    /// Loads a language model; as `embedder`. Streams take turns on the threads, each for a moment, so give generators a host of their own
    /// where embeddings must not wait for them.
    package func generator(_ name: String, options: JSONValue, deadline: Deadline) async throws(RAGError) -> PythonGenerator {
        let wrapped = JSONValue.object(["spec": .string(name), "options": options])
        let spec = PythonModelSpec(name: PythonGenerator.streams, options: wrapped, methods: PythonGenerator.methods)
        let loaded = try await load(spec, name: name, subject: "the language model", deadline: deadline)
        return try PythonGenerator(info: loaded.info, model: loaded.model, calls: loaded.calls)
    }

    private func load(
        _ spec: PythonModelSpec,
        name: String,
        subject: String,
        deadline: Deadline
    ) async throws(RAGError) -> (info: ModelInfo, model: any PythonModel, calls: ModelCalls) {
        let model = try await maker.make(spec, name: name, subject: subject, threads: threads, deadline: deadline)
        let calls = ModelCalls(threads: threads, subject: subject, model: name, logger: logger)
        let texts = try await calls.run(
            priority: .query,
            deadline: deadline,
            allowance: .loading,
            step: "loading \(subject)"
        ) { turn throws(PythonError) in
            try model.text(.info, [], turn)
        }
        return (try ModelInfo(texts.first ?? "", subject: subject), model, calls)
    }
}

extension PythonHost.Report {
    fileprivate init(_ report: PythonRuntime.Report, isolation: PythonHost.Isolation) {
        self.init(
            version: report.version,
            executable: report.executable,
            library: report.library,
            prefix: report.prefix,
            sitePackages: report.sitePackages,
            importPaths: report.importPaths,
            isolation: isolation
        )
    }

    fileprivate init(_ interpreter: PythonInterpreter, importPaths: [String], isolation: PythonHost.Isolation) {
        var library = interpreter.library
        if case .workers = isolation { library = nil }
        self.init(
            version: interpreter.version,
            executable: interpreter.executable,
            library: library,
            prefix: interpreter.prefix,
            sitePackages: interpreter.sitePackages,
            importPaths: importPaths,
            isolation: isolation
        )
    }
}
