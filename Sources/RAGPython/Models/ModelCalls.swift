// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import Synchronization

/// The way to one model: its threads, its breaker and its log.
struct ModelCalls: Sendable {
    let threads: PythonThreads
    /// `the embedding model`
    let subject: String
    private let breaker: SharedBreaker
    private let logger: Logger

    init(threads: PythonThreads, subject: String, model: String, logger: Logger) {
        self.threads = threads
        self.subject = subject
        self.breaker = SharedBreaker()
        var logger = logger
        logger[metadataKey: "model"] = "\(model)"
        self.logger = logger
    }

    /// As `PythonThreads.run`, with the model's failures as `unavailable`; while it fails again and again, without asking it.
    func run<Output: Sendable>(
        parts: Int = 1,
        thread: Int? = nil,
        priority: PythonPriority,
        deadline: Deadline,
        allowance: PythonAllowance = PythonAllowance(),
        step: String,
        _ body: @escaping @Sendable (PythonTurn) throws(PythonError) -> Output
    ) async throws(RAGError) -> [Output] {
        try await admitted { () async throws(RAGError) in
            try await threads.run(
                parts: parts,
                thread: thread,
                priority: priority,
                deadline: deadline,
                allowance: allowance,
                step: step
            ) { turn throws(RAGError) in
                try perform(turn, body)
            }
        }
    }

    /// As `PythonThreads.runKeepingDone`.
    func runKeepingDone<Output: Sendable>(
        parts: Int,
        priority: PythonPriority,
        deadline: Deadline,
        allowance: PythonAllowance,
        step: String,
        _ body: @escaping @Sendable (PythonTurn) throws(PythonError) -> Output
    ) async throws(RAGError) -> [Output?] {
        try await admitted { () async throws(RAGError) in
            try await threads.runKeepingDone(
                parts: parts,
                priority: priority,
                deadline: deadline,
                allowance: allowance,
                step: step
            ) { turn throws(RAGError) in
                try perform(turn, body)
            }
        }
    }

    private func admitted<Output>(_ body: () async throws(RAGError) -> Output) async throws(RAGError) -> Output {
        let decision = breaker.state.withLock { $0.admit(at: .now) }
        if case .refused(let time) = decision {
            throw RAGError(.unavailable, "\(subject) keeps failing and rests for a moment", retryAfter: time)
        }
        defer { if decision == .probe { breaker.state.withLock { $0.abandon(at: .now) } } }
        return try await body()
    }

    private func perform<Output>(
        _ turn: PythonTurn,
        _ body: (PythonTurn) throws(PythonError) -> Output
    ) throws(RAGError) -> Output {
        do throws(PythonError) {
            let output = try body(turn)
            breaker.state.withLock { $0.succeed() }
            return output
        } catch {
            note(error)
            switch error.kind {
            case .overdue: throw RAGError(.deadlineExceeded, "\(subject) did not answer in time", cause: error)
            case .lost: throw RAGError(.unavailable, "\(subject) ended while it worked", retryAfter: .seconds(1), cause: error)
            case .wrongResult: throw RAGError(.unavailable, "\(subject) gave an answer of no use: \(error.message)", cause: error)
            case .exception: throw RAGError(.unavailable, "\(subject) failed", cause: error)
            }
        }
    }

    /// The message stays out: it may quote what the model was given.
    private func note(_ error: PythonError) {
        logger.warning(
            "a Python model failed",
            metadata: ["error.type": "\(error.type)", "error.frames": "\(error.traceback)", "error.kind": "\(error.kind)"]
        )
        logger.debug("what the Python model said", metadata: ["error.message": "\(error.message)"])
        guard !error.isRefusal else { return breaker.state.withLock { $0.succeed() } }
        if breaker.state.withLock({ $0.fail(at: .now) }) {
            logger.error("a Python model keeps failing; calls are refused for a moment")
        }
    }
}

/// Shared by the copies of `ModelCalls`.
private final class SharedBreaker: Sendable {
    let state = Mutex(FailureBreaker())
}
