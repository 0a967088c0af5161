// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTransport
import Testing

@Suite("Circuit breaker") struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func fail(_ breaker: inout CircuitBreaker, _ count: Int, from seconds: Double) {
        for index in 0..<count {
            let now = at(seconds + Double(index) * 0.01)
            let decision = breaker.admit(at: now)
            breaker.record(.failure, of: decision, at: now, chance: 0.5)
        }
    }

    @Test func fiveFailuresInARowOpenItForFiveSeconds() {
        var breaker = CircuitBreaker()
        fail(&breaker, 4, from: 0)
        #expect(breaker.state == .closed)
        fail(&breaker, 1, from: 1)
        #expect(breaker.admit(at: at(2)) == .refused(retryAfter: .seconds(4)))
    }

    @Test func aSuccessInBetweenStartsTheCountAgain() {
        var breaker = CircuitBreaker()
        fail(&breaker, 4, from: 0)
        breaker.record(.success, of: .allowed, at: at(0.5), chance: 0.5)
        fail(&breaker, 4, from: 1)
        #expect(breaker.state == .closed)
    }

    @Test func halfOfTenOpensIt() {
        var breaker = CircuitBreaker()
        for index in 0..<5 {
            breaker.record(.success, of: .allowed, at: at(Double(index)), chance: 0.5)
            breaker.record(.failure, of: .allowed, at: at(Double(index)), chance: 0.5)
        }
        #expect(breaker.state != .closed)
    }

    @Test func failuresOutsideTheWindowDoNotCount() {
        var breaker = CircuitBreaker()
        for index in 0..<12 {
            breaker.record(index.isMultiple(of: 2) ? .failure : .success, of: .allowed, at: at(Double(index) * 20), chance: 0.5)
        }
        #expect(breaker.state == .closed)
    }

    @Test func oneProbeClosesItOrDoublesTheWait() {
        var breaker = CircuitBreaker()
        fail(&breaker, 5, from: 0)
        #expect(breaker.admit(at: at(6)) == .probe)
        #expect(breaker.admit(at: at(6)) == .refused(retryAfter: .seconds(1)))
        breaker.record(.failure, of: .probe, at: at(6), chance: 0.5)
        #expect(breaker.admit(at: at(15)) == .refused(retryAfter: .seconds(1)))
        #expect(breaker.admit(at: at(16.5)) == .probe)
        breaker.record(.success, of: .probe, at: at(17), chance: 0.5)
        #expect(breaker.state == .closed)
        #expect(breaker.admit(at: at(17)) == .allowed)
    }

    @Test func aProbeThatSaysNothingLetsAnotherOneThrough() {
        var breaker = CircuitBreaker()
        fail(&breaker, 5, from: 0)
        #expect(breaker.admit(at: at(6)) == .probe)
        breaker.record(.neutral, of: .probe, at: at(6.5), chance: 0.5)
        #expect(breaker.admit(at: at(6.5)) == .probe)
    }

    @Test func theWaitNeverExceedsItsLimitAndItsJitter() {
        var breaker = CircuitBreaker()
        fail(&breaker, 5, from: 0)
        var now = 0.0
        for _ in 0..<20 {
            now += 400
            #expect(breaker.admit(at: at(now)) == .probe)
            breaker.record(.failure, of: .probe, at: at(now), chance: 0.999)
            guard case .open(let until) = breaker.state else {
                Issue.record("not open")
                return
            }
            #expect(at(now).duration(to: until) <= .seconds(360))
        }
    }
}

@Suite("Retry policy") struct RetryPolicyTests {
    @Test func delaysGrowAreJitteredAndEnd() {
        let policy = RetryPolicy()
        let deadline = Deadline.after(.seconds(100))
        #expect(policy.delay(before: 0, retryAfter: nil, deadline: deadline, chance: 0.5) == .milliseconds(250))
        #expect(policy.delay(before: 1, retryAfter: nil, deadline: deadline, chance: 0.5) == .milliseconds(500))
        #expect(policy.delay(before: 2, retryAfter: nil, deadline: deadline, chance: 0.5) == nil)
    }

    @Test func whatTheServerAsksForIsHonouredWithinReason() {
        let policy = RetryPolicy()
        let deadline = Deadline.after(.seconds(100))
        #expect(policy.delay(before: 0, retryAfter: .seconds(7), deadline: deadline, chance: 0) == .seconds(7))
        #expect(policy.delay(before: 0, retryAfter: .seconds(61), deadline: deadline, chance: 0) == nil)
        #expect(policy.delay(before: 0, retryAfter: .seconds(7), deadline: .after(.seconds(3)), chance: 0) == nil)
    }

    @Test func retriesHaveABudget() {
        let policy = RetryPolicy()
        #expect(policy.allowsRetry(underWay: 2, of: 1))
        #expect(!policy.allowsRetry(underWay: 3, of: 10))
        #expect(policy.allowsRetry(underWay: 19, of: 100))
        #expect(!policy.allowsRetry(underWay: 20, of: 100))
    }
}

@Suite("Upstream URL") struct UpstreamURLTests {
    @Test(arguments: [
        ("http://localhost:11434/v1/", "http://localhost:11434/v1"), ("HTTPS://API.Example.com/v1", "https://api.example.com/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"), ("https://example.com", "https://example.com"),
    ])
    func aBaseURLIsTaken(text: String, normal: String) throws {
        #expect(try UpstreamURL(text, setting: "X").description == normal)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "file:///etc/passwd", "http://", "http://user:secret@example.com", "http://a b",
        "http://example.com:0", "http://example.com:99999", "http://example.com:8x", "http://example.com/?a=b", "http://example.com/#a",
        "http://example.com/../x", "http://exa\nmple.com", "http://ex\\ample.com", "http://é.com", "http://[::1", "http://:80",
        "javascript://x",
        "http://a:b:c", "http://exam%70le.com",
    ])
    func anythingElseIsRefusedWithoutRepeatingIt(text: String) throws {
        let error = #expect(throws: RAGError.self) { try UpstreamURL(text, setting: "OPENAI_BASE_URL") }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.field == "OPENAI_BASE_URL")
        #expect(error?.message.contains("secret") == false)
    }
}
