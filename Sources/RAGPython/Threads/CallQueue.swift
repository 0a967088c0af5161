// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Which part runs next, and which call has run for too long. A plain state machine: it takes the time as an argument.
struct CallQueue {
    /// A part in hand.
    struct Assignment {
        let work: any PythonWork
        let turn: PythonTurn
    }

    /// Whom to wake.
    struct Wake {
        var threads: [Int] = []
        var watchdog = false
    }

    /// What a look at the clock found.
    struct Findings {
        /// Calls whose callers wait no longer.
        var expired: [any PythonWork] = []
        /// Whether a thread was found hanging, for the first time.
        var hangs = false
        /// When to look again.
        var next: ContinuousClock.Instant
    }

    private struct Running {
        let work: any PythonWork
        /// When its caller gets an error.
        let limit: ContinuousClock.Instant
        /// When the thread counts as hanging.
        let hangLimit: ContinuousClock.Instant
    }

    private struct Waiting {
        let work: any PythonWork
        let arrival: UInt64
        var nextPart = 0
    }

    private let limits: PythonThreads.Limits
    private var queries = WaitingLine<Waiting>()
    private var ingests = WaitingLine<Waiting>()
    /// Work that one thread alone can do.
    private var bound: [WaitingLine<Waiting>]
    private var arrivals: UInt64 = 0
    private var running: [Running?]
    /// Threads that wait, the last one first.
    private var idle: [Int] = []
    private var down: [Bool]
    /// When the watchdog looks again.
    private var nextLook: ContinuousClock.Instant
    private(set) var isHung = false
    private(set) var isStopped = false

    init(threads: Int, limits: PythonThreads.Limits, now: ContinuousClock.Instant) {
        self.limits = limits
        self.running = Array(repeating: nil, count: threads)
        self.bound = Array(repeating: WaitingLine(), count: threads)
        self.down = Array(repeating: false, count: threads)
        self.nextLook = now.advanced(by: .seconds(3600))
    }

    /// Whether nobody can do `work` now.
    func isDown(for work: any PythonWork) -> Bool {
        guard let thread = work.thread else { return down.allSatisfy { $0 } }
        return down[thread]
    }

    /// Accepts a call, or returns nil if too many wait.
    mutating func add(_ work: any PythonWork) -> Wake? {
        let count = bound.reduce(queries.count + ingests.count) { $0 + $1.count }
        guard work.allowance.isObligatory || count < limits.waitingCalls else { return nil }
        arrivals += 1
        let waiting = Waiting(work: work, arrival: arrivals)
        var wake = Wake()
        if let thread = work.thread {
            bound[thread].append(waiting)
            if let position = idle.firstIndex(of: thread) { wake.threads = [idle.remove(at: position)] }
        } else {
            switch work.priority {
            case .query: queries.append(waiting)
            case .ingest: ingests.append(waiting)
            }
            let count = min(work.parts, idle.count)
            wake.threads = Array(idle.suffix(count))
            idle.removeLast(count)
        }
        wake.watchdog = hasten(to: work.deadline.instant)
        return wake
    }

    /// The next part for a thread that has nothing in hand: its own and queries by age, then ingests. With nil the thread counts as
    /// idle and is to wait.
    mutating func take(thread: Int, now: ContinuousClock.Instant) -> (assignment: Assignment, watchdog: Bool)? {
        let position = idle.firstIndex(of: thread)
        guard let (work, part) = next(for: thread) else {
            if position == nil { idle.append(thread) }
            return nil
        }
        if let position { idle.remove(at: position) }
        let allowance = work.allowance
        let limit = min(work.deadline.instant, now.advanced(by: allowance.callTime ?? limits.callTime))
        let grace = max(now.duration(to: limit), limits.minimumHangGrace, allowance.overrun)
        running[thread] = Running(work: work, limit: limit, hangLimit: limit.advanced(by: grace))
        return (
            Assignment(work: work, turn: PythonTurn(part: part, thread: thread, limit: limit, overrun: allowance.overrun)),
            hasten(to: limit)
        )
    }

    /// The thread's part has ended.
    mutating func finish(thread: Int) { running[thread] = nil }

    /// Notes whether a thread can work. Returns what nobody can do any more.
    mutating func setDown(_ isDown: Bool, thread: Int) -> [any PythonWork] {
        down[thread] = isDown
        guard isDown else { return [] }
        idle.removeAll { $0 == thread }
        var lost = bound[thread].elements.map(\.work)
        bound[thread].removeAll { _ in true }
        if down.allSatisfy({ $0 }) {
            lost += (queries.elements + ingests.elements).map(\.work)
            queries.removeAll { _ in true }
            ingests.removeAll { _ in true }
        }
        return lost
    }

    /// Finds what is overdue at `now`.
    mutating func look(now: ContinuousClock.Instant) -> Findings {
        var findings = Findings(next: now.advanced(by: .seconds(3600)))
        queries.removeAll { $0.work.isSettled }
        ingests.removeAll { $0.work.isSettled }
        for thread in bound.indices { bound[thread].removeAll { $0.work.isSettled } }
        for waiting in allWaiting { Self.judge(waiting, limit: waiting.deadline.instant, now: now, &findings) }
        for case let running? in running {
            Self.judge(running.work, limit: running.limit, now: now, &findings)
            if running.hangLimit <= now {
                findings.hangs = findings.hangs || !isHung
                isHung = true
            } else if running.limit <= now {
                findings.next = min(findings.next, running.hangLimit)
            }
        }
        nextLook = findings.next
        return findings
    }

    /// Refuses everything from now on and returns what waits or runs.
    mutating func stop() -> [any PythonWork] {
        isStopped = true
        let all = allWaiting + running.compactMap { $0?.work }
        queries.removeAll { _ in true }
        ingests.removeAll { _ in true }
        for thread in bound.indices { bound[thread].removeAll { _ in true } }
        return all
    }

    private var allWaiting: [any PythonWork] {
        (queries.elements + ingests.elements).map(\.work) + bound.flatMap { $0.elements.map(\.work) }
    }

    private mutating func hasten(to moment: ContinuousClock.Instant) -> Bool {
        guard moment < nextLook else { return false }
        nextLook = moment
        return true
    }

    private mutating func next(for thread: Int) -> (work: any PythonWork, part: Int)? {
        Self.dropDone(&bound[thread])
        Self.dropDone(&queries)
        // By age, so that a stream that asks again and again does not keep queries waiting.
        if let own = bound[thread].first, own.arrival < queries.first?.arrival ?? .max { return Self.next(in: &bound[thread]) }
        if queries.first != nil { return Self.next(in: &queries) }
        Self.dropDone(&ingests)
        return Self.next(in: &ingests)
    }

    private static func dropDone(_ line: inout WaitingLine<Waiting>) {
        while let waiting = line.first, waiting.work.isSettled || waiting.nextPart >= waiting.work.parts { line.removeFirst() }
    }

    private static func next(in line: inout WaitingLine<Waiting>) -> (work: any PythonWork, part: Int)? {
        guard var waiting = line.first else { return nil }
        let part = waiting.nextPart
        waiting.nextPart += 1
        if waiting.nextPart == waiting.work.parts { line.removeFirst() } else { line.first = waiting }
        return (waiting.work, part)
    }

    private static func judge(
        _ work: any PythonWork,
        limit: ContinuousClock.Instant,
        now: ContinuousClock.Instant,
        _ findings: inout Findings
    ) {
        if limit > now {
            findings.next = min(findings.next, limit)
        } else if !work.isSettled {
            findings.expired.append(work)
        }
    }
}
