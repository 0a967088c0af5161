// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Synchronization
import Testing

@Suite struct AdmissionTests {
    private let deadline = Deadline.after(.seconds(20))

    private func control(_ width: Int, wait: Duration = .seconds(5)) -> AdmissionControl {
        AdmissionControl(limits: AdmissionControl.Limits(query: width, generate: width, ingest: width), maximumWait: wait)
    }

    @Test func standardLimitsFollowTheCores() {
        #expect(AdmissionControl.Limits.standard(cores: 2).query == 8)
        #expect(AdmissionControl.Limits.standard(cores: 1_000).query == 512)
    }

    @Test func aPermitComesBackHoweverTheWorkEnds() async throws {
        let control = control(1)
        let value = try await control.withPermit(.query, deadline: deadline) { 7 }
        #expect(value == 7)
        await #expect(throws: RAGError.self) {
            try await control.withPermit(.query, deadline: deadline) { throw RAGError(.internal, "broken") }
        }
        #expect(control.inFlight(.query) == 0)
    }

    @Test func classesDoNotShareTheirPermits() async throws {
        let control = control(1)
        let deadline = deadline
        let value = try await control.withPermit(.ingest, deadline: deadline) {
            try await control.withPermit(.query, deadline: deadline) { 1 }
        }
        #expect(value == 1)
    }

    @Test func aWaiterThatWaitsTooLongIsRefusedWithRetryAfter() async throws {
        let control = control(1, wait: .milliseconds(20))
        let deadline = deadline
        let error = try await control.withPermit(.query, deadline: deadline) {
            await #expect(throws: RAGError.self) { try await control.withPermit(.query, deadline: deadline) {} }
        }
        #expect(error?.code == .overloaded)
        #expect(error?.retryAfter != nil)
    }

    @Test func aWaiterWhoseDeadlinePassesIsToldSo() async throws {
        let control = control(1)
        let error = try await control.withPermit(.query, deadline: deadline) {
            await #expect(throws: RAGError.self) {
                try await control.withPermit(.query, deadline: .after(.milliseconds(20))) {}
            }
        }
        #expect(error?.code == .deadlineExceeded)
    }

    @Test func neverMoreThanTheLimitRunAndNoneIsLost() async throws {
        let control = control(4)
        let deadline = deadline
        let counts = RunningCount()
        let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<400 {
                group.addTask {
                    let limit: Deadline = index % 5 == 0 ? .after(.microseconds(index)) : deadline
                    do {
                        try await control.withPermit(.query, deadline: limit) {
                            counts.enter()
                            await Task.yield()
                            counts.leave()
                        }
                        return true
                    } catch let error as RAGError where error.code == .overloaded || error.code == .deadlineExceeded {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(ended > 0)
        #expect(counts.most <= 4)
        #expect(control.inFlight(.query) == 0)
    }
}

/// How many run at once, now and at most.
private final class RunningCount: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}
