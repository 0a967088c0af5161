// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge
import Dispatch
package import RAGCore
import Synchronization

/// Threads of their own for calls into Python, which block and would stall the tasks of everyone else.
///
/// Queries go before ingests. A caller has its answer by its deadline even where Python hangs; a hanging call cannot be ended, so
/// its thread is lost, `isHung` turns true and `onHang` is called once: the process is then to become unready and exit.
package final class PythonThreads: Sendable {
    /// What a call may take.
    package struct Limits: Sendable, Hashable {
        /// Longest time for one part of a call, whatever its deadline.
        package var callTime: Duration
        /// A call that overruns its deadline by the time that it had, but at least by this, counts as hanging.
        package var minimumHangGrace: Duration
        /// Most calls that may wait.
        package var waitingCalls: Int

        package init(
            callTime: Duration = .seconds(60),
            minimumHangGrace: Duration = .seconds(5),
            waitingCalls: Int = 4096
        ) {
            self.callTime = callTime
            self.minimumHangGrace = minimumHangGrace
            self.waitingCalls = waitingCalls
        }
    }

    private let pool: Pool

    /// Starts `count` threads and a watchdog. The runtime is asked for because the threads need an interpreter that runs.
    ///
    /// - Parameter onHang: Called once, on the watchdog's thread, when a call hangs.
    package init(
        count: Int,
        runtime: PythonRuntime,
        limits: Limits = Limits(),
        onHang: @escaping @Sendable () -> Void = {}
    ) {
        precondition(count > 0, "at least one Python thread is needed")
        let pool = Pool(count: count, limits: limits, onHang: onHang)
        for index in 0..<count {
            startThread(named: "python-\(index)") {
                gpy_attach_thread()
                pool.work(index)
            }
        }
        startThread(named: "python-watch") { pool.watch() }
        self.pool = pool
    }

    deinit { pool.stop() }

    /// How many threads there are.
    package var count: Int { pool.count }

    /// Whether a call has hung; it stays true.
    package var isHung: Bool { pool.queue.withLock { $0.isHung } }

    /// Runs `body` once for each part, on the threads, and returns what it returned, in order.
    ///
    /// - Parameters:
    ///   - step: What is done, for error messages.
    ///   - body: Blocks; may run on several threads at once, each part once.
    /// - Throws: The first error of `body`, `deadlineExceeded`, `cancelled`, or `overloaded` if too many calls wait.
    package func run<Output: Sendable>(
        parts: Int = 1,
        priority: PythonPriority,
        deadline: Deadline,
        step: String,
        _ body: @escaping @Sendable (Int) throws(RAGError) -> Output
    ) async throws(RAGError) -> [Output] {
        try deadline.check(step)
        guard parts > 0 else { return [] }
        let call = PythonCall(parts: parts, priority: priority, deadline: deadline, body: body)
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                call.answer(caller)
                pool.submit(call)
            }
        } onCancel: {
            call.fail(RAGError(.cancelled, "the caller went away during \(step)"))
        }.get()
    }
}

/// What the threads share.
private final class Pool: Sendable {
    let count: Int
    let queue: Mutex<CallQueue>
    /// One signal per thread that is to stop waiting.
    private let workers = DispatchSemaphore(value: 0)
    private let watchdog = DispatchSemaphore(value: 0)
    private let onHang: @Sendable () -> Void

    init(count: Int, limits: PythonThreads.Limits, onHang: @escaping @Sendable () -> Void) {
        self.count = count
        self.onHang = onHang
        self.queue = Mutex(CallQueue(threads: count, limits: limits, now: .now))
    }

    func submit(_ call: any PythonWork) {
        guard let wake = queue.withLock({ $0.isStopped ? nil : $0.add(call) }) else {
            return call.fail(RAGError(.overloaded, "too many calls wait for the local model", retryAfter: .seconds(1)))
        }
        for _ in 0..<wake.threads { workers.signal() }
        if wake.watchdog { watchdog.signal() }
    }

    /// A worker's life.
    func work(_ thread: Int) {
        while true {
            let taken = queue.withLock { $0.isStopped ? nil : $0.take(thread: thread, now: .now) }
            guard let taken else {
                if queue.withLock({ $0.isStopped }) { return }
                workers.wait()
                continue
            }
            if taken.watchdog { watchdog.signal() }
            taken.assignment.work.perform(taken.assignment.part)
            queue.withLock { $0.finish(thread: thread) }
        }
    }

    /// The watchdog's life.
    func watch() {
        while true {
            let now = ContinuousClock.now
            guard let findings = queue.withLock({ $0.isStopped ? nil : $0.look(now: now) }) else { return }
            for work in findings.expired {
                work.fail(RAGError(.deadlineExceeded, "the local model did not answer in time; raise deadline_ms or ask for less"))
            }
            if findings.hangs { onHang() }
            let pause = max(.milliseconds(1), now.duration(to: findings.next)).milliseconds
            _ = watchdog.wait(timeout: .now() + .microseconds(Int(pause * 1_000)))
        }
    }

    func stop() {
        let abandoned = queue.withLock { $0.stop() }
        for work in abandoned { work.fail(RAGError(.overloaded, "the local model is shutting down")) }
        for _ in 0..<count { workers.signal() }
        watchdog.signal()
    }
}
