// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization
import Testing

@testable import RAGPython

/// The queue under a clock that the test moves.
struct CallQueueTests {
    private final class Work: PythonWork {
        let priority: PythonPriority
        let deadline: Deadline
        let parts: Int
        let thread: Int?
        let settled = Mutex(false)

        init(_ priority: PythonPriority, parts: Int = 1, thread: Int? = nil, deadline: Deadline) {
            self.priority = priority
            self.parts = parts
            self.deadline = deadline
            self.thread = thread
        }

        var isSettled: Bool { settled.withLock { $0 } }
        func perform(_ turn: PythonTurn) {}
        func fail(_ error: RAGError) { settled.withLock { $0 = true } }
    }

    /// Holds the queue so that expectations can change it.
    private final class Bench {
        private var queue: CallQueue

        init(_ queue: CallQueue) { self.queue = queue }

        var isHung: Bool { queue.isHung }
        func add(_ work: Work) -> CallQueue.Wake? { queue.add(work) }
        func setDown(_ isDown: Bool, thread: Int) -> [any PythonWork] { queue.setDown(isDown, thread: thread) }
        func isDown(for work: Work) -> Bool { queue.isDown(for: work) }
        func take(thread: Int, now: ContinuousClock.Instant) -> (assignment: CallQueue.Assignment, watchdog: Bool)? {
            queue.take(thread: thread, now: now)
        }
        func finish(thread: Int) { queue.finish(thread: thread) }
        func look(now: ContinuousClock.Instant) -> CallQueue.Findings { queue.look(now: now) }
    }

    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(Int(seconds * 1_000))) }

    private func queue(threads: Int = 1, _ change: (inout PythonThreads.Limits) -> Void = { _ in }) -> Bench {
        var limits = PythonThreads.Limits(callTime: .seconds(60), minimumHangGrace: .seconds(5), waitingCalls: 100)
        change(&limits)
        return Bench(CallQueue(threads: threads, limits: limits, now: start))
    }

    @Test func queriesGoBeforeThePartsOfAnIngestThatWait() throws {
        let queue = queue()
        let ingest = Work(.ingest, parts: 2, deadline: Deadline(at(30)))
        let query = Work(.query, deadline: Deadline(at(30)))
        _ = queue.add(ingest)
        #expect(queue.take(thread: 0, now: at(0))?.assignment.turn.part == 0)
        _ = queue.add(query)
        queue.finish(thread: 0)
        #expect(try #require(queue.take(thread: 0, now: at(0))).assignment.work === query)
        queue.finish(thread: 0)
        let last = try #require(queue.take(thread: 0, now: at(0))).assignment
        #expect(last.work === ingest && last.turn.part == 1)
        queue.finish(thread: 0)
        #expect(queue.take(thread: 0, now: at(0)) == nil)
    }

    @Test func wakesNoMoreThreadsThanAreIdleOrNeeded() {
        let queue = queue(threads: 3)
        for thread in 0..<3 { #expect(queue.take(thread: thread, now: at(0)) == nil) }
        #expect(queue.add(Work(.query, parts: 2, deadline: Deadline(at(30))))?.threads.count == 2)
        #expect(queue.add(Work(.query, parts: 9, deadline: Deadline(at(30))))?.threads.count == 1)
        #expect(queue.add(Work(.query, parts: 9, deadline: Deadline(at(30))))?.threads.count == 0)
    }

    @Test func refusesCallsBeyondItsLimit() {
        let queue = queue { $0.waitingCalls = 1 }
        #expect(queue.add(Work(.query, deadline: Deadline(at(30)))) != nil)
        #expect(queue.add(Work(.ingest, deadline: Deadline(at(30)))) == nil)
    }

    @Test func expiresWaitingAndRunningCallsAtTheirDeadlines() {
        let queue = queue()
        let running = Work(.query, deadline: Deadline(at(2)))
        let waiting = Work(.query, deadline: Deadline(at(1)))
        #expect(queue.add(running)?.watchdog == true)
        _ = queue.take(thread: 0, now: at(0))
        #expect(queue.add(waiting)?.watchdog == true)
        let first = queue.look(now: at(0.5))
        #expect(first.expired.isEmpty && first.next == at(1))
        let second = queue.look(now: at(1))
        #expect(second.expired.count == 1 && second.expired.first === waiting)
        second.expired.forEach { $0.fail(RAGError(.deadlineExceeded, "")) }
        #expect(second.next == at(2))
        let third = queue.look(now: at(2))
        #expect(third.expired.count == 1 && third.expired.first === running)
    }

    @Test func aCallThatOverrunsTwiceItsTimeHangsOnce() {
        let queue = queue { $0.minimumHangGrace = .seconds(1) }
        let work = Work(.ingest, deadline: Deadline(at(10)))
        _ = queue.add(work)
        _ = queue.take(thread: 0, now: at(0))
        queue.look(now: at(10)).expired.forEach { $0.fail(RAGError(.deadlineExceeded, "")) }
        #expect(!queue.isHung)
        #expect(!queue.look(now: at(19)).hangs)
        #expect(queue.look(now: at(20)).hangs)
        #expect(queue.isHung)
        #expect(!queue.look(now: at(21)).hangs)
    }

    @Test func aLateStartIsNotTakenForAHang() {
        let queue = queue()
        _ = queue.add(Work(.query, deadline: Deadline(at(1))))
        _ = queue.take(thread: 0, now: at(0.999))
        #expect(!queue.look(now: at(1.5)).hangs)
        queue.finish(thread: 0)
        #expect(!queue.look(now: at(100)).hangs)
    }

    @Test func aCallWithoutDeadlineHasTheTimeLimitOfACall() {
        let queue = queue { $0.callTime = .seconds(20) }
        let work = Work(.ingest, deadline: .never)
        _ = queue.add(work)
        #expect(queue.take(thread: 0, now: at(0))?.watchdog == true)
        #expect(queue.look(now: at(19)).expired.isEmpty)
        #expect(queue.look(now: at(20)).expired.first === work)
    }

    @Test func skipsWhatNobodyWaitsFor() {
        let queue = queue()
        let gone = Work(.query, parts: 5, deadline: Deadline(at(30)))
        let wanted = Work(.query, deadline: Deadline(at(30)))
        _ = queue.add(gone)
        _ = queue.add(wanted)
        gone.fail(RAGError(.cancelled, ""))
        #expect(queue.take(thread: 0, now: at(0))?.assignment.work === wanted)
    }

    @Test func boundWorkGoesToItsThreadAlone() throws {
        let queue = queue(threads: 2)
        for thread in 0..<2 { #expect(queue.take(thread: thread, now: at(0)) == nil) }
        let bound = Work(.query, thread: 0, deadline: Deadline(at(30)))
        #expect(queue.add(bound)?.threads == [0])
        #expect(queue.take(thread: 1, now: at(0)) == nil)
        let taken = try #require(queue.take(thread: 0, now: at(0))).assignment
        #expect(taken.work === bound && taken.turn.thread == 0)
    }

    @Test func aQueryThatIsOlderGoesBeforeBoundWork() throws {
        let queue = queue()
        let query = Work(.query, deadline: Deadline(at(30)))
        let bound = Work(.query, thread: 0, deadline: Deadline(at(30)))
        _ = queue.add(query)
        _ = queue.add(bound)
        #expect(try #require(queue.take(thread: 0, now: at(0))).assignment.work === query)
        queue.finish(thread: 0)
        #expect(try #require(queue.take(thread: 0, now: at(0))).assignment.work === bound)
    }

    @Test func whatNobodyCanDoIsGivenBack() {
        let queue = queue(threads: 2)
        let bound = Work(.query, thread: 0, deadline: Deadline(at(30)))
        let free = Work(.ingest, deadline: Deadline(at(30)))
        _ = queue.add(bound)
        _ = queue.add(free)
        let first = queue.setDown(true, thread: 0)
        #expect(first.count == 1 && first.first === bound)
        #expect(queue.isDown(for: bound) && !queue.isDown(for: free))
        let second = queue.setDown(true, thread: 1)
        #expect(second.count == 1 && second.first === free)
        #expect(queue.isDown(for: free))
        #expect(queue.setDown(false, thread: 1).isEmpty && !queue.isDown(for: free))
    }
}
