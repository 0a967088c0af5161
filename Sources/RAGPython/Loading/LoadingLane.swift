// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import Synchronization

/// A thread's own loader processes: one that waits, started ahead, and one that reads a document and ends with it.
///
/// Its thread alone calls `prepare`, `read` and `detach`.
final class LoadingLane: PythonLane {
    private struct State {
        /// Waits for a document; `isReady` once it has said so.
        var standby: WorkerProcess?
        var isReady = false
        /// Reads a document.
        var reading: WorkerProcess?
        var failedStarts = 0
        var nextStart: ContinuousClock.Instant?
        var isInterrupted = false
    }

    private static let startTime = Duration.seconds(30)
    private static let longestPause = Duration.seconds(30)
    /// A process that closed its socket ends by itself within this.
    private static let endTime = Duration.milliseconds(500)

    private let command: LoadingCommand
    private let limits: LoadingLimits
    private let logger: Logger
    private let state = Mutex(State())

    init(command: LoadingCommand, limits: LoadingLimits, logger: Logger) {
        self.command = command
        self.limits = limits
        self.logger = logger
    }

    var inspection: Duration? { .seconds(5) }
    /// The processes that there are now.
    var processes: [Int32] { state.withLock { [$0.standby, $0.reading].compactMap { $0?.identifier } } }

    func attach() {}

    func prepare() -> Duration? {
        let (isInterrupted, standby, isReady, wait) = state.withLock { state in
            (state.isInterrupted, state.standby, state.isReady, state.nextStart.map { ContinuousClock.now.duration(to: $0) })
        }
        if isInterrupted { return .seconds(1) }
        if let standby, isReady {
            if standby.isWell { return nil }
            discardStandby("it ended while it waited")
        }
        if let wait, wait > .zero { return wait }
        do throws(WorkerFault) {
            try startAhead()
            try greet()
            return nil
        } catch {
            return pause(after: error)
        }
    }

    func interrupt() {
        state.withLock { state in
            state.isInterrupted = true
            // Under the lock: once it is reaped, its number may be another's.
            state.standby?.kill()
            state.reading?.kill()
        }
    }

    func detach() { discardStandby(nil) }

    /// Has a process read one document, and starts the next process meanwhile.
    func read(_ request: LoadingRequest, for ticket: LoadingTicket) throws(RAGError) -> LoadedDocument {
        let process = state.withLock { state in
            state.reading = state.standby
            state.standby = nil
            state.isReady = false
            return state.reading
        }
        guard let process, ticket.attach(process) else {
            if let process { end(process, ticket) }
            throw RAGError(.cancelled, "nobody waits for the document any more")
        }
        // What is wrong with it is found, and said, before the next document.
        try? startAhead()
        let limit = ContinuousClock.now.advanced(by: limits.time)
        let outcome = exchange(process, request, until: limit)
        if case .failure(.ended) = outcome { process.awaitEnd(for: Self.endTime) }
        let ended = end(process, ticket)
        return try document(outcome, ended: ended, of: request, for: ticket)
    }

    /// What the exchange came to.
    private func document(
        _ outcome: Result<[UInt8], WorkerFault>,
        ended: WorkerEnd?,
        of request: LoadingRequest,
        for ticket: LoadingTicket
    ) throws(RAGError) -> LoadedDocument {
        if ticket.isCancelled { throw RAGError(.cancelled, "nobody waits for the document any more") }
        if state.withLock({ $0.isInterrupted }) { throw RAGError(.overloaded, "the loaders are shutting down") }
        let failure: RAGError
        do {
            let bytes = try outcome.get()
            switch try LoadingReply(parsing: bytes) {
            case .ready: failure = LoadingFailure.violation("it said twice that it is ready")
            case .refused(let code, let message): throw RAGError(code, message)
            case .loaded(let document):
                guard document.text.utf8.count <= limits.textBytes else { throw LoadingFailure.longText(limits) }
                return document
            }
        } catch let error as RAGError {
            throw error
        } catch let violation as LoadingReply.Violation {
            failure = LoadingFailure.violation(violation.reason)
        } catch WorkerFault.overdue {
            failure = LoadingFailure.overdue(limits)
        } catch WorkerFault.tooLarge {
            failure = LoadingFailure.longText(limits)
        } catch WorkerFault.violated(let reason) {
            failure = LoadingFailure.violation(reason)
        } catch {
            failure = LoadingFailure.ended(ended, limits)
        }
        let metadata: Logger.Metadata = ["file": "\(request.name)", "error": "\(failure)", "end": "\(ended.map(\.description) ?? "none")"]
        logger.warning("a document's loader gave no answer", metadata: metadata)
        throw failure
    }

    private func exchange(
        _ process: WorkerProcess,
        _ request: LoadingRequest,
        until limit: ContinuousClock.Instant
    ) -> Result<[UInt8], WorkerFault> {
        do throws(WorkerFault) {
            do throws(WorkerFault) {
                try process.send(request.head, until: limit)
                try process.send(request.file, until: limit)
            } catch {
                // Who refuses a file by its name need not read it: the answer may be there.
                guard error == .ended else { throw error }
            }
            return .success(try process.receive(until: limit, maximumBytes: LoadingReply.maximumBytes(limits)))
        } catch {
            return .failure(error)
        }
    }

    /// Ends a process that read, and whatever it started.
    @discardableResult
    private func end(_ process: WorkerProcess, _ ticket: LoadingTicket) -> WorkerEnd? {
        // A process that ended by itself keeps its own status: a signal to it comes too late.
        process.kill()
        ticket.detach()
        state.withLock { $0.reading = nil }
        process.close()
        return process.reap()
    }

    /// Starts a process that waits for its document, unless one does.
    private func startAhead() throws(WorkerFault) {
        guard state.withLock({ $0.standby == nil }) else { return }
        let process = try WorkerProcess(arguments: command.arguments, environment: command.environment)
        let isWanted = state.withLock { state in
            guard !state.isInterrupted else { return false }
            state.standby = process
            state.isReady = false
            return true
        }
        guard !isWanted else { return }
        process.kill()
        process.close()
        _ = process.reap()
        throw .unstartable("the loaders are shutting down")
    }

    /// Waits for the process to say that it is ready.
    private func greet() throws(WorkerFault) {
        guard let process = state.withLock({ $0.standby }) else { throw .ended }
        let bytes = try process.receive(until: .now.advanced(by: Self.startTime), maximumBytes: 1 << 16)
        guard (try? LoadingReply(parsing: bytes)) == .ready else { throw .violated("its first word was wrong") }
        state.withLock { state in
            state.isReady = true
            state.failedStarts = 0
            state.nextStart = nil
        }
    }

    private func pause(after fault: WorkerFault) -> Duration {
        let end = discardStandby(nil)
        let (pause, isInterrupted) = state.withLock { state in
            let pause = min(.milliseconds(100) * (1 << min(state.failedStarts, 10)), Self.longestPause)
            state.failedStarts += 1
            state.nextStart = ContinuousClock.now.advanced(by: pause)
            return (pause, state.isInterrupted)
        }
        if !isInterrupted {
            let metadata: Logger.Metadata = ["error": "\(fault)", "end": "\(end.map(\.description) ?? "none")"]
            logger.error("a loader process cannot be started; its output says why", metadata: metadata)
        }
        return pause
    }

    @discardableResult
    private func discardStandby(_ reason: String?) -> WorkerEnd? {
        guard let process = state.withLock({ $0.standby }) else { return nil }
        process.kill()
        state.withLock { state in
            state.standby = nil
            state.isReady = false
        }
        process.close()
        let end = process.reap()
        if let reason {
            logger.warning(
                "a loader process is started afresh",
                metadata: ["reason": "\(reason)", "end": "\(end.map(\.description) ?? "none")"]
            )
        }
        return end
    }
}
