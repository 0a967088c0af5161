// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

struct FailureBreakerTests {
    /// Holds the breaker so that expectations can change it.
    private final class Bench {
        private var breaker = FailureBreaker()

        func admit(_ now: ContinuousClock.Instant) -> FailureBreaker.Decision { breaker.admit(at: now) }
        func succeed() { breaker.succeed() }
        func fail(_ now: ContinuousClock.Instant) -> Bool { breaker.fail(at: now) }
        func abandon(_ now: ContinuousClock.Instant) { breaker.abandon(at: now) }
    }

    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func opened() -> Bench {
        let breaker = Bench()
        for _ in 0..<4 { #expect(!breaker.fail(at(0))) }
        #expect(breaker.fail(at(0)))
        return breaker
    }

    @Test func opensAfterFiveFailuresInARow() {
        let breaker = opened()
        #expect(breaker.admit(at(0.25)) == .refused(retryAfter: .seconds(0.75)))
    }

    @Test func aSuccessBetweenBeginsTheCountAnew() {
        let breaker = Bench()
        for _ in 0..<100 {
            for _ in 0..<4 { #expect(!breaker.fail(at(0))) }
            breaker.succeed()
        }
        #expect(breaker.admit(at(0)) == .allowed)
    }

    @Test func letsOneProbeThroughAndClosesWithItsSuccess() {
        let breaker = opened()
        #expect(breaker.admit(at(1)) == .probe)
        #expect(breaker.admit(at(1)) == .refused(retryAfter: .seconds(1)))
        breaker.succeed()
        #expect(breaker.admit(at(1)) == .allowed)
    }

    @Test func eachFailedProbeDoublesThePauseUpToThirtySeconds() {
        let breaker = opened()
        var now = 1.0
        for pause in [2.0, 4, 8, 16, 30, 30] {
            #expect(breaker.admit(at(now)) == .probe)
            #expect(breaker.fail(at(now)))
            #expect(breaker.admit(at(now)) == .refused(retryAfter: .seconds(pause)))
            now += pause
        }
    }

    @Test func aProbeWithoutResultIsTriedAgain() {
        let breaker = opened()
        #expect(breaker.admit(at(1)) == .probe)
        breaker.abandon(at(1.5))
        #expect(breaker.admit(at(1.5)) == .probe)
    }

    @Test func anAnswerFromBeforeThePauseDoesNotEndIt() {
        let breaker = opened()
        breaker.succeed()
        #expect(breaker.admit(at(0.5)) != .allowed)
    }
}
