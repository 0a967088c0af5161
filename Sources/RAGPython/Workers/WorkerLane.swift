// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import Synchronization

/// A thread's own worker process: started, asked, watched, and started afresh when it ends or does not answer.
///
/// Its thread alone calls `prepare`, `call` and `detach`.
final class WorkerLane: PythonLane {
    private struct State {
        var process: WorkerProcess?
        /// Which process it is; objects of an earlier one are gone.
        var incarnation = 0
        var failedStarts = 0
        var nextStart: ContinuousClock.Instant?
        var openStreams = 0
        /// Whether a stream that was closed still runs in the process.
        var isEncumbered = false
        var isInterrupted = false
    }

    /// A new process has imported its modules, or made one model, after this long.
    private static let startTime = Duration.seconds(30)
    private static let makeTime = Duration.seconds(120)
    private static let longestPause = Duration.seconds(5)

    private let index: Int
    private let settings: WorkerSettings
    private let models: WorkerModels
    private let killGrace: Duration
    private let logger: Logger
    private let state = Mutex(State())

    init(index: Int, settings: WorkerSettings, models: WorkerModels, killGrace: Duration, logger: Logger) {
        self.index = index
        self.settings = settings
        self.models = models
        self.killGrace = killGrace
        self.logger = logger
    }

    var inspection: Duration? { .seconds(1) }
    /// The process now; nil while there is none.
    var processIdentifier: Int32? { state.withLock { $0.process?.identifier } }
    var incarnation: Int { state.withLock { $0.incarnation } }

    func attach() {}

    func prepare() -> Duration? {
        if let process = state.withLock({ $0.process }) {
            if state.withLock({ $0.isEncumbered && $0.openStreams == 0 }) {
                lose(process, "a closed stream still runs in it")
            } else if process.isWell {
                return nil
            } else {
                lose(process, "it ended or spoke while idle")
            }
        }
        let wait = state.withLock { state in
            state.isInterrupted ? .seconds(1) : state.nextStart.map { ContinuousClock.now.duration(to: $0) }
        }
        if let wait, wait > .zero { return wait }
        do throws(PythonError) {
            try start()
            return nil
        } catch {
            return pause(after: error)
        }
    }

    func interrupt() {
        state.withLock { state in
            state.isInterrupted = true
            // Under the lock: once it is reaped, its number may be another's.
            state.process?.kill()
        }
    }

    func detach() {
        if let process = state.withLock({ $0.process }) { discard(process) }
    }

    /// Asks the process. Waits a little longer than the caller does; if there is no answer then, the process is ended.
    func call(_ request: WorkerRequest, during turn: PythonTurn) throws(PythonError) -> WorkerReply {
        guard let process = state.withLock({ $0.process }) else {
            throw PythonError(.lost, type: "WorkerLost", message: "there is no worker process")
        }
        return try ask(process, request, until: turn.limit.advanced(by: max(killGrace, turn.overrun)))
    }

    /// Counts the streams that live in the process.
    func noteStream(opened: Bool, encumbers: Bool = false, incarnation: Int) {
        state.withLock { state in
            guard state.incarnation == incarnation else { return }
            state.openStreams += opened ? 1 : -1
            state.isEncumbered = state.isEncumbered || encumbers
        }
    }

    private func ask(
        _ process: WorkerProcess,
        _ request: WorkerRequest,
        until limit: ContinuousClock.Instant
    ) throws(PythonError) -> WorkerReply {
        let reason: String
        var kind = PythonError.Kind.lost
        do {
            try process.send(request.bytes, until: limit)
            let reply = try WorkerReply(parsing: try process.receive(until: limit))
            if case .failure(let error) = reply { throw error }
            return reply
        } catch let error as PythonError {
            throw error
        } catch let violation as WorkerReply.Violation {
            reason = "it broke the protocol: \(violation.reason)"
        } catch WorkerFault.violated(let violation) {
            reason = "it broke the protocol: \(violation)"
        } catch WorkerFault.tooLarge(let bytes) {
            reason = "it broke the protocol: a reply of \(bytes) bytes is announced"
        } catch WorkerFault.overdue {
            kind = .overdue
            reason = "it did not answer in time"
        } catch {
            reason = "it ended"
        }
        let end = lose(process, reason)
        throw PythonError(kind, type: "WorkerLost", message: "the worker process was lost: \(reason); \(end)")
    }

    private func start() throws(PythonError) {
        let process: WorkerProcess
        do throws(WorkerFault) {
            process = try WorkerProcess(arguments: settings.arguments, environment: settings.environment)
        } catch {
            throw PythonError(.lost, type: "WorkerLost", message: "the worker process does not start: \(error)")
        }
        let isWanted = state.withLock { state in
            guard !state.isInterrupted else { return false }
            state.process = process
            state.incarnation += 1
            state.openStreams = 0
            state.isEncumbered = false
            return true
        }
        guard isWanted else {
            discard(process)
            throw PythonError(.lost, type: "WorkerLost", message: "the worker processes are shutting down")
        }
        // The first reply answers nothing: it says that the process is ready.
        do throws(PythonError) {
            try greet(process)
            for entry in models.all { try make(entry, in: process) }
        } catch {
            if state.withLock({ $0.process?.identifier == process.identifier }) { lose(process, "it could not be made ready") }
            throw error
        }
        state.withLock { state in
            state.failedStarts = 0
            state.nextStart = nil
        }
        logger.info("a Python worker is ready", metadata: ["worker": "\(index)", "process": "\(process.identifier)"])
    }

    private func make(_ entry: WorkerModels.Entry, in process: WorkerProcess) throws(PythonError) {
        do throws(PythonError) {
            let request = try WorkerModel.making(entry.spec, object: entry.object)
            _ = try ask(process, request, until: .now.advanced(by: Self.makeTime))
        } catch {
            // Whoever loads a model for the first time asks for it himself, and gets the exception.
            guard error.kind == .exception, !entry.isProven else { throw error }
        }
    }

    private func greet(_ process: WorkerProcess) throws(PythonError) {
        do {
            guard try WorkerReply(parsing: try process.receive(until: .now.advanced(by: Self.startTime))) == .done else {
                throw WorkerFault.violated("its first word was wrong")
            }
        } catch {
            let end = lose(process, "it did not become ready: \(error)")
            throw PythonError(.lost, type: "WorkerLost", message: "the worker process ended at its start; \(end); its output says why")
        }
    }

    private func pause(after error: PythonError) -> Duration {
        let pause = state.withLock { state in
            let pause = min(.milliseconds(100) * (1 << min(state.failedStarts, 10)), Self.longestPause)
            state.failedStarts += 1
            state.nextStart = ContinuousClock.now.advanced(by: pause)
            return pause
        }
        logger.error("a Python worker cannot be made ready", metadata: ["worker": "\(index)", "error": "\(error)"])
        return pause
    }

    /// Ends the process. Returns how it ended.
    @discardableResult
    private func lose(_ process: WorkerProcess, _ reason: String) -> String {
        let end = discard(process)
        let metadata: Logger.Metadata = [
            "worker": "\(index)", "process": "\(process.identifier)", "reason": "\(reason)", "end": "\(end)",
        ]
        if state.withLock({ $0.isInterrupted }) {
            logger.debug("a Python worker ended", metadata: metadata)
        } else {
            logger.warning("a Python worker was lost and is started afresh", metadata: metadata)
        }
        return end
    }

    @discardableResult
    private func discard(_ process: WorkerProcess) -> String {
        // A process that ended by itself keeps its own status: a signal to it comes too late.
        process.kill()
        state.withLock { state in
            if state.process?.identifier == process.identifier { state.process = nil }
        }
        process.close()
        return process.reap().map { "it ended with \($0)" } ?? "it has not ended yet"
    }
}
