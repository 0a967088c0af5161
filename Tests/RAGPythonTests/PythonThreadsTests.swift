// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import RAGCore
import Synchronization
import Testing

@testable import RAGPython

@Suite(.enabled(if: PythonFixture.hasPython))
struct PythonThreadsTests {
    @Test func returnsThePartsInOrder() async throws {
        let threads = try PythonFixture.threads(3)
        let output = try await threads.run(parts: 500, priority: .ingest, deadline: .after(.seconds(30)), step: "a test") { $0.part * 2 }
        #expect(output == (0..<500).map { $0 * 2 })
        let nothing = try await threads.run(parts: 0, priority: .query, deadline: .never, step: "a test") { $0.part }
        #expect(nothing.isEmpty)
    }

    @Test func theFirstErrorAnswersTheCaller() async throws {
        let threads = try PythonFixture.threads(2)
        let error = await #expect(throws: RAGError.self) {
            try await threads.run(parts: 50, priority: .ingest, deadline: .never, step: "a test") { turn throws(RAGError) in
                if turn.part == 20 { throw RAGError(.unavailable, "part \(turn.part)") }
                return turn.part
            }
        }
        #expect(error?.message == "part 20")
    }

    @Test func aHangingCallAnswersItsCallerAtTheDeadlineAndIsReported() async throws {
        let hangs = Mutex(0)
        let limits = PythonThreads.Limits(minimumHangGrace: .milliseconds(200))
        let threads = try PythonFixture.threads(2, limits: limits) { hangs.withLock { $0 += 1 } }
        let model = try await PythonFixture.faulty(threads: threads)
        let start = ContinuousClock.now
        let error = await #expect(throws: RAGError.self) {
            try await model.embed(["sleep 90"], as: .query, deadline: .after(.milliseconds(200)))
        }
        let waited = start.duration(to: .now)
        #expect(error?.code == .deadlineExceeded)
        #expect(waited >= .milliseconds(200) && waited < .seconds(30))
        // The other thread still answers.
        let fine = try await model.embed(["fine"], as: .query, deadline: .after(.seconds(30)))
        #expect(fine.count == 1)
        let patience = ContinuousClock.now.advanced(by: .seconds(30))
        while hangs.withLock({ $0 }) == 0, ContinuousClock.now < patience { try await Task.sleep(for: .milliseconds(20)) }
        #expect(threads.isHung)
        #expect(hangs.withLock { $0 } == 1)
    }

    @Test func aCallThatWaitsBehindAnotherExpiresToo() async throws {
        let threads = try PythonFixture.threads(1)
        let gate = Gate()
        async let first: [Void] = threads.run(priority: .query, deadline: .never, step: "a test") { _ in gate.pass() }
        await gate.reached()
        let error = await #expect(throws: RAGError.self) {
            try await threads.run(priority: .query, deadline: .after(.milliseconds(100)), step: "a test") { $0.part }
        }
        #expect(error?.code == .deadlineExceeded)
        gate.open()
        _ = try await first
        #expect(!threads.isHung)
    }

    @Test func aCancelledCallerDoesNotWait() async throws {
        let threads = try PythonFixture.threads(1)
        let gate = Gate()
        let task = Task { try await threads.run(priority: .query, deadline: .never, step: "a test") { _ in gate.pass() } }
        await gate.reached()
        task.cancel()
        let error = await #expect(throws: RAGError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        gate.open()
        let next = try await threads.run(priority: .query, deadline: .after(.seconds(30)), step: "a test") { $0.part }
        #expect(next == [0])
    }

    @Test func twoCallsRunSideBySideWhilePythonWaits() async throws {
        let threads = try PythonFixture.threads(2)
        let model = try await PythonFixture.faulty(threads: threads)
        // Each waits in Python for the other.
        let matrix = try await model.embed(["meet", "meet"], as: .passage, deadline: .after(.seconds(50)))
        #expect(matrix.count == 2)
    }

    @Test func aQueryOvertakesAnIngestThatWaits() async throws {
        let threads = try PythonFixture.threads(1)
        let gate = Gate()
        let order = Record()
        async let ingest: [Void] = threads.run(parts: 3, priority: .ingest, deadline: .never, step: "a test") { turn in
            if turn.part == 0 { gate.pass() }
            order.note(.ingest)
        }
        await gate.reached()
        async let query: [Void] = threads.run(priority: .query, deadline: .never, step: "a test") { _ in
            order.note(.query)
        }
        try await Task.sleep(for: .milliseconds(500))
        gate.open()
        _ = try await (ingest, query)
        #expect(order.entries == [.ingest, .query, .ingest, .ingest])
    }

    @Test func refusesWorkOverItsLimit() async throws {
        let threads = try PythonFixture.threads(1, limits: PythonThreads.Limits(waitingCalls: 0))
        let error = await #expect(throws: RAGError.self) {
            try await threads.run(priority: .query, deadline: .never, step: "a test") { $0.part }
        }
        #expect(error?.code == .overloaded)
        #expect(error?.retryAfter != nil)
    }

    /// What ran, in order.
    private final class Record: Sendable {
        private let noted = Mutex<[PythonPriority]>([])

        var entries: [PythonPriority] { noted.withLock { $0 } }
        func note(_ entry: PythonPriority) { noted.withLock { $0.append(entry) } }
    }

    /// Holds a Python thread until the test lets it go.
    private final class Gate: Sendable {
        private let opened = DispatchSemaphore(value: 0)
        private let isReached = Mutex(false)

        func pass() {
            isReached.withLock { $0 = true }
            opened.wait()
        }

        func reached() async {
            while !isReached.withLock({ $0 }) { await Task.yield() }
        }

        func open() { opened.signal() }
    }
}
