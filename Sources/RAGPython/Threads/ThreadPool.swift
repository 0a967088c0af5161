// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import RAGCore
import Synchronization

/// What the Python threads share.
final class ThreadPool: Sendable {
    private let lanes: [any PythonLane]
    private let queue: Mutex<CallQueue>
    /// One signal for a thread that is to stop waiting; a signal too many only makes it look once more.
    private let signals: [DispatchSemaphore]
    private let watchdog = DispatchSemaphore(value: 0)
    private let onHang: @Sendable () -> Void

    init(lanes: [any PythonLane], limits: PythonThreads.Limits, onHang: @escaping @Sendable () -> Void) {
        self.lanes = lanes
        self.onHang = onHang
        self.signals = lanes.map { _ in DispatchSemaphore(value: 0) }
        self.queue = Mutex(CallQueue(threads: lanes.count, limits: limits, now: .now))
    }

    var count: Int { lanes.count }
    var isHung: Bool { queue.withLock { $0.isHung } }

    func submit(_ call: any PythonWork) {
        let answer: Result<CallQueue.Wake, RAGError> = queue.withLock { queue in
            if queue.isStopped { return .failure(Self.stopping) }
            if queue.isDown(for: call) { return .failure(Self.down) }
            guard let wake = queue.add(call) else {
                return .failure(RAGError(.overloaded, "too many calls wait for the local model", retryAfter: .seconds(1)))
            }
            return .success(wake)
        }
        switch answer {
        case .failure(let error): call.fail(error)
        case .success(let wake):
            for thread in wake.threads { signals[thread].signal() }
            if wake.watchdog { watchdog.signal() }
        }
    }

    /// A thread's life.
    func work(_ thread: Int) {
        let lane = lanes[thread]
        lane.attach()
        defer { lane.detach() }
        var isDown = false
        while !queue.withLock({ $0.isStopped }) {
            if let pause = lane.prepare() {
                isDown = true
                let lost = queue.withLock { $0.setDown(true, thread: thread) }
                for work in lost { work.fail(Self.down) }
                wait(thread, pause)
                continue
            }
            if isDown {
                isDown = false
                _ = queue.withLock { $0.setDown(false, thread: thread) }
            }
            guard let taken = queue.withLock({ $0.isStopped ? nil : $0.take(thread: thread, now: .now) }) else {
                wait(thread, lane.inspection)
                continue
            }
            if taken.watchdog { watchdog.signal() }
            taken.assignment.work.perform(taken.assignment.turn)
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
        let abandoned = queue.withLock { $0.isStopped ? [] : $0.stop() }
        for work in abandoned { work.fail(Self.stopping) }
        for lane in lanes { lane.interrupt() }
        for signal in signals { signal.signal() }
        watchdog.signal()
    }

    private func wait(_ thread: Int, _ time: Duration?) {
        if let time {
            _ = signals[thread].wait(timeout: .now() + .microseconds(Int(time.milliseconds * 1_000)))
        } else {
            signals[thread].wait()
        }
    }

    private static let stopping = RAGError(.overloaded, "the local model is shutting down")
    private static let down = RAGError(
        .unavailable,
        "no Python worker process is ready; the log says why",
        retryAfter: .seconds(1)
    )
}
