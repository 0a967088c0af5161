// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Threads of their own for calls into Python, which block and would stall the tasks of everyone else.
///
/// Queries go before ingests. A caller has its answer by its deadline even where Python hangs. In this process a hanging call cannot
/// be ended, so its thread is lost, `isHung` turns true and `onHang` is called once: the process is then to become unready and exit.
/// A worker process that hangs is ended and started afresh instead.
package final class PythonThreads: Sendable {
    /// What a call may take.
    package struct Limits: Sendable, Hashable {
        /// Longest time for one part of a call, whatever its deadline.
        package var callTime: Duration
        /// A call that overruns its deadline by the time that it had, but at least by this, counts as hanging.
        package var minimumHangGrace: Duration
        /// Most calls that may wait.
        package var waitingCalls: Int
        /// A worker process whose call overruns its deadline by this is killed: long enough for a slow call to end by itself, because a
        /// new process must load its models again.
        package var killGrace: Duration

        package init(
            callTime: Duration = .seconds(60),
            minimumHangGrace: Duration = .seconds(5),
            waitingCalls: Int = 4096,
            killGrace: Duration = .seconds(1)
        ) {
            self.callTime = callTime
            self.minimumHangGrace = minimumHangGrace
            self.waitingCalls = waitingCalls
            self.killGrace = killGrace
        }
    }

    private let pool: ThreadPool

    /// Starts `count` threads and a watchdog for the interpreter of this process. The runtime is asked for because the threads need an
    /// interpreter that runs.
    ///
    /// - Parameter onHang: Called once, on the watchdog's thread, when a call hangs.
    package convenience init(
        count: Int,
        runtime: PythonRuntime,
        limits: Limits = Limits(),
        onHang: @escaping @Sendable () -> Void = {}
    ) {
        self.init(lanes: Array(repeating: InterpreterLane(), count: count), limits: limits, onHang: onHang)
    }

    /// Starts one thread per lane, and a watchdog.
    init(lanes: [any PythonLane], limits: Limits, onHang: @escaping @Sendable () -> Void) {
        precondition(!lanes.isEmpty, "at least one Python thread is needed")
        let pool = ThreadPool(lanes: lanes, limits: limits, onHang: onHang)
        for index in lanes.indices {
            startThread(named: "python-\(index)") { pool.work(index) }
        }
        startThread(named: "python-watch") { pool.watch() }
        self.pool = pool
    }

    deinit { pool.stop() }

    /// How many threads there are.
    package var count: Int { pool.count }

    /// Whether a call has hung; it stays true.
    package var isHung: Bool { pool.isHung }

    /// Fails what waits or runs, refuses what comes, and ends the worker processes.
    package func stop() { pool.stop() }

    /// Runs `body` once for each part, on the threads, and returns what it returned, in order.
    ///
    /// - Parameters:
    ///   - thread: The one thread that can run it; nil if any can.
    ///   - step: What is done, for error messages.
    ///   - body: Blocks; may run on several threads at once, each part once.
    /// - Throws: The first error of `body`, `deadlineExceeded`, `cancelled`, `overloaded` if too many calls wait, or `unavailable`
    ///   while no worker process can be started.
    package func run<Output: Sendable>(
        parts: Int = 1,
        thread: Int? = nil,
        priority: PythonPriority,
        deadline: Deadline,
        step: String,
        _ body: @escaping @Sendable (PythonTurn) throws(RAGError) -> Output
    ) async throws(RAGError) -> [Output] {
        try await run(parts: parts, thread: thread, priority: priority, deadline: deadline, allowance: PythonAllowance(), step: step, body)
    }

    /// As above, for calls that may take more than the usual.
    func run<Output: Sendable>(
        parts: Int = 1,
        thread: Int? = nil,
        priority: PythonPriority,
        deadline: Deadline,
        allowance: PythonAllowance,
        step: String,
        _ body: @escaping @Sendable (PythonTurn) throws(RAGError) -> Output
    ) async throws(RAGError) -> [Output] {
        try deadline.check(step)
        guard parts > 0 else { return [] }
        let call = PythonCall(parts: parts, thread: thread, priority: priority, deadline: deadline, allowance: allowance, body: body)
        return try await answer(of: call, step: step).compactMap { $0 }
    }

    /// As `run`, but a deadline that passes is no error once a part is done: nil stands for the parts that are not.
    func runKeepingDone<Output: Sendable>(
        parts: Int,
        priority: PythonPriority,
        deadline: Deadline,
        allowance: PythonAllowance = PythonAllowance(),
        step: String,
        _ body: @escaping @Sendable (PythonTurn) throws(RAGError) -> Output
    ) async throws(RAGError) -> [Output?] {
        try deadline.check(step)
        guard parts > 0 else { return [] }
        return try await answer(
            of: PythonCall(parts: parts, priority: priority, deadline: deadline, allowance: allowance, keepsDone: true, body: body),
            step: step
        )
    }

    /// Runs `body` on `thread`, however long the line is; nobody waits for it.
    func post(thread: Int?, _ body: @escaping @Sendable (PythonTurn) -> Void) {
        let allowance = PythonAllowance(isObligatory: true)
        pool.submit(PythonCall(parts: 1, thread: thread, priority: .query, deadline: .never, allowance: allowance, body: body))
    }

    private func answer<Output: Sendable>(of call: PythonCall<Output>, step: String) async throws(RAGError) -> [Output?] {
        try await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                call.answer(caller)
                pool.submit(call)
            }
        } onCancel: {
            call.fail(RAGError(.cancelled, "the caller went away during \(step)"))
        }.get()
    }
}
