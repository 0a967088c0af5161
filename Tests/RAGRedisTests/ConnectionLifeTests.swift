// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGRedis
import Testing

struct ConnectionLifeTests {
    /// A life whose pauses are not moved by chance.
    private func life() -> ConnectionLife {
        var life = ConnectionLife()
        life.connect()
        return life
    }

    private func expectAdmission(_ expected: Bool, _ life: inout ConnectionLife, at location: SourceLocation = #_sourceLocation) {
        let isAdmitted = life.admit()
        #expect(isAdmitted == expected, sourceLocation: location)
    }

    private func pause(_ life: inout ConnectionLife, _ failure: ConnectionLife.Failure, reconnecting: Bool = true) -> Duration {
        let pause = life.failed(failure, chance: 0.5)
        life.connect()
        if reconnecting { life.connected() }
        return pause
    }

    @Test func triesAgainAtOnceAndThenAtGrowingIntervalsOfAtMostFourSeconds() {
        var life = life()
        var pauses: [Duration] = []
        for _ in 0..<12 { pauses.append(pause(&life, .connection, reconnecting: false)) }
        #expect(pauses.prefix(5) == [.zero, .milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(pauses.suffix(3) == [.seconds(4), .seconds(4), .seconds(4)])
        for chance in [0, 0.999_999] {
            let pause = life.failed(.connection, chance: chance)
            #expect(pause < .seconds(4.5))
        }
        life.connected()
        let afterSuccess = life.failed(.connection, chance: 0.5)
        #expect(afterSuccess == .zero)
    }

    @Test func opensAfterFiveFailedCallsForATimeThatDoublesToThirtySeconds() {
        var life = life()
        life.connected()
        var pauses: [Duration] = []
        for _ in 0..<12 {
            expectAdmission(true, &life)
            pauses.append(pause(&life, .call))
        }
        #expect(pauses[0] == .zero)
        #expect(pauses[1..<4].allSatisfy { $0 <= .milliseconds(200) })
        #expect(Array(pauses[4...]) == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    }

    @Test func letsOneCallAtATimeShowThatTheServerServesAgain() {
        var life = life()
        life.connected()
        for _ in 0..<5 { _ = pause(&life, .call) }
        #expect(life.isHalfOpen)
        #expect(!life.isHealthy)
        expectAdmission(true, &life)
        expectAdmission(false, &life)
        life.succeeded()
        #expect(life.isHealthy)
        expectAdmission(true, &life)
        expectAdmission(true, &life)
    }

    @Test func closesTheBreakerOnlyForAnAnswerAndNotForAConnection() {
        var life = life()
        life.connected()
        for _ in 0..<5 { _ = pause(&life, .call) }
        _ = pause(&life, .connection)
        #expect(life.isHalfOpen)
        life.succeeded()
        let afterAnswer = pause(&life, .call)
        #expect(afterAnswer == .zero)
    }

    @Test func admitsNothingWhileTheServerIsAway() {
        var life = ConnectionLife()
        expectAdmission(false, &life)
        life.connect()
        expectAdmission(false, &life)
        life.connected()
        expectAdmission(true, &life)
        _ = life.failed(.call, chance: 0)
        expectAdmission(false, &life)
        life.stop()
        #expect(life.state == .idle)
    }
}
