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
        let part: Int
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
        var nextPart = 0
    }

    private let limits: PythonThreads.Limits
    private var queries = Line<Waiting>()
    private var ingests = Line<Waiting>()
    private var running: [Running?]
    private var idleThreads = 0
    /// When the watchdog looks again.
    private var nextLook: ContinuousClock.Instant
    private(set) var isHung = false
    private(set) var isStopped = false

    init(threads: Int, limits: PythonThreads.Limits, now: ContinuousClock.Instant) {
        self.limits = limits
        self.running = Array(repeating: nil, count: threads)
        self.nextLook = now.advanced(by: .seconds(3600))
    }

    /// Accepts a call. Returns how many threads to wake, nil if too many calls wait, and whether to wake the watchdog.
    mutating func add(_ work: any PythonWork) -> (threads: Int, watchdog: Bool)? {
        guard queries.count + ingests.count < limits.waitingCalls else { return nil }
        switch work.priority {
        case .query: queries.append(Waiting(work: work))
        case .ingest: ingests.append(Waiting(work: work))
        }
        let threads = min(work.parts, idleThreads)
        idleThreads -= threads
        return (threads, hasten(to: work.deadline.instant))
    }

    /// The next part for a thread that has nothing in hand, queries first. With nil the thread counts as idle and is to wait.
    mutating func take(thread: Int, now: ContinuousClock.Instant) -> (assignment: Assignment, watchdog: Bool)? {
        guard let assignment = Self.next(in: &queries) ?? Self.next(in: &ingests) else {
            idleThreads += 1
            return nil
        }
        let limit = min(assignment.work.deadline.instant, now.advanced(by: limits.callTime))
        let grace = max(now.duration(to: limit), limits.minimumHangGrace)
        running[thread] = Running(work: assignment.work, limit: limit, hangLimit: limit.advanced(by: grace))
        return (assignment, hasten(to: limit))
    }

    /// The thread's part has ended.
    mutating func finish(thread: Int) { running[thread] = nil }

    /// Finds what is overdue at `now`.
    mutating func look(now: ContinuousClock.Instant) -> Findings {
        var findings = Findings(next: now.advanced(by: .seconds(3600)))
        queries.removeAll { $0.work.isSettled }
        ingests.removeAll { $0.work.isSettled }
        for waiting in queries.elements + ingests.elements {
            Self.judge(waiting.work, limit: waiting.work.deadline.instant, now: now, &findings)
        }
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
        let all = (queries.elements + ingests.elements).map(\.work) + running.compactMap { $0?.work }
        queries.removeAll { _ in true }
        ingests.removeAll { _ in true }
        return all
    }

    private mutating func hasten(to moment: ContinuousClock.Instant) -> Bool {
        guard moment < nextLook else { return false }
        nextLook = moment
        return true
    }

    private static func next(in line: inout Line<Waiting>) -> Assignment? {
        while var waiting = line.first {
            guard !waiting.work.isSettled, waiting.nextPart < waiting.work.parts else {
                line.removeFirst()
                continue
            }
            let part = waiting.nextPart
            waiting.nextPart += 1
            if waiting.nextPart == waiting.work.parts { line.removeFirst() } else { line.first = waiting }
            return Assignment(work: waiting.work, part: part)
        }
        return nil
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

/// First in, first out.
private struct Line<Element> {
    private var storage: [Element] = []
    private var head = 0

    var count: Int { storage.count - head }
    var elements: ArraySlice<Element> { storage[head...] }

    var first: Element? {
        get { head < storage.count ? storage[head] : nil }
        set { if let newValue, head < storage.count { storage[head] = newValue } }
    }

    mutating func append(_ element: Element) { storage.append(element) }

    mutating func removeFirst() {
        head += 1
        // Moving is paid for by the elements that have left, so a removal costs constant time on average.
        guard head >= 32, head * 2 >= storage.count else {
            if head == storage.count { storage.removeAll(keepingCapacity: true); head = 0 }
            return
        }
        storage.removeFirst(head)
        head = 0
    }

    mutating func removeAll(where condition: (Element) -> Bool) {
        storage = storage[head...].filter { !condition($0) }
        head = 0
    }
}
