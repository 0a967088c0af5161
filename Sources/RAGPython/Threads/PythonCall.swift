// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// What a call is for: a person waits for a query, nobody for an ingest.
package enum PythonPriority: Sendable, Hashable {
    case query
    case ingest
}

/// What a thread does now: which part of a call, on which thread, and until when somebody waits for it.
package struct PythonTurn: Sendable, Hashable {
    package let part: Int
    package let thread: Int
    package let limit: ContinuousClock.Instant
    /// How long it may go on after that before it is ended.
    var overrun: Duration = .zero
}

/// What a call may take beyond the usual.
struct PythonAllowance: Sendable, Hashable {
    /// Longest time for one part; nil means that of all calls.
    var callTime: Duration?
    /// How long a part may go on after its deadline before it counts as hanging: for callers that wait only for a share of their time.
    var overrun: Duration = .zero
    /// Whether it is taken however many calls wait.
    var isObligatory = false
}

/// Something for the Python threads to do, in parts that may run side by side.
protocol PythonWork: AnyObject, Sendable {
    var priority: PythonPriority { get }
    var deadline: Deadline { get }
    var parts: Int { get }
    /// The one thread that can do it; nil if any can.
    var thread: Int? { get }
    var allowance: PythonAllowance { get }
    /// Whether its caller has its answer, so that what is left need not run.
    var isSettled: Bool { get }

    /// Runs one part; blocks.
    func perform(_ turn: PythonTurn)

    /// Answers the caller with an error unless it has its answer.
    func fail(_ error: RAGError)
}

extension PythonWork {
    var allowance: PythonAllowance { PythonAllowance() }
}

/// A call that one task waits for. Whichever comes first answers it, once: the last part, an error, the deadline, a cancellation.
final class PythonCall<Output: Sendable>: PythonWork {
    typealias Outcome = Result<[Output?], RAGError>

    let priority: PythonPriority
    let deadline: Deadline
    let parts: Int
    let thread: Int?
    let allowance: PythonAllowance
    /// Whether the deadline answers with what is done instead of an error.
    private let keepsDone: Bool
    private let body: @Sendable (PythonTurn) throws(RAGError) -> Output
    private let state: Mutex<State>

    private struct State {
        var caller: CheckedContinuation<Outcome, Never>?
        var outcome: Outcome?
        var outputs: [Output?]
        var remaining: Int
    }

    init(
        parts: Int,
        thread: Int? = nil,
        priority: PythonPriority,
        deadline: Deadline,
        allowance: PythonAllowance = PythonAllowance(),
        keepsDone: Bool = false,
        body: @escaping @Sendable (PythonTurn) throws(RAGError) -> Output
    ) {
        self.parts = parts
        self.thread = thread
        self.priority = priority
        self.deadline = deadline
        self.allowance = allowance
        self.keepsDone = keepsDone
        self.body = body
        self.state = Mutex(State(outputs: Array(repeating: nil, count: parts), remaining: parts))
    }

    var isSettled: Bool { state.withLock { $0.outcome != nil } }

    func perform(_ turn: PythonTurn) {
        guard !isSettled else { return }
        do throws(RAGError) {
            let output = try body(turn)
            let complete: [Output?]? = state.withLock { state in
                // The caller may have been answered while this part ran.
                guard state.outcome == nil else { return nil }
                state.outputs[turn.part] = output
                state.remaining -= 1
                return state.remaining == 0 ? state.outputs : nil
            }
            if let complete { settle(.success(complete)) }
        } catch {
            fail(error)
        }
    }

    func fail(_ error: RAGError) {
        guard keepsDone, error.code == .deadlineExceeded else { return settle(.failure(error)) }
        let done = state.withLock { $0.outputs }
        settle(done.contains { $0 != nil } ? .success(done) : .failure(error))
    }

    /// Registers the task that waits; answers at once if the answer is there.
    func answer(_ caller: CheckedContinuation<Outcome, Never>) {
        let outcome: Outcome? = state.withLock { state in
            if state.outcome == nil { state.caller = caller }
            return state.outcome
        }
        if let outcome { caller.resume(returning: outcome) }
    }

    private func settle(_ outcome: Outcome) {
        let caller: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            state.outputs = []
            defer { state.caller = nil }
            return state.caller
        }
        caller?.resume(returning: outcome)
    }
}
