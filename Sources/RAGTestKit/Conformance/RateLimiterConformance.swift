// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// What every rate limiter must do, as checks that throw the promise that is broken.
///
///     try await RateLimiterConformance { [try await MyLimiter.connected(), try await MyLimiter.connected()] }.runAll()
///
/// A check counts under a tenant of its own, so the limiters may share one server. Time is measured around each call, so a slow machine
/// makes the bounds wider, not the check fail.
public struct RateLimiterConformance: Sendable {
    private let make: @Sendable () async throws -> [any RateLimiter]
    private let seed: UInt64

    /// - Parameters:
    ///   - seed: Of the costs and pauses that are drawn.
    ///   - make: Makes limiters, at least one, that share their counts and can be reached.
    public init(
        seed: UInt64 = .random(in: 0 ... .max),
        _ make: @escaping @Sendable () async throws -> [any RateLimiter]
    ) {
        self.make = make
        self.seed = seed
    }

    /// Every check, one after the other.
    public func runAll() async throws {
        try await runBurst()
        try await runReturn()
        try await runAllOrNothing()
        try await runTenants()
        try await runBounds()
        try await runOwed()
        try await runConservation()
        try await runConcurrency()
    }

    /// After a rest the burst is there, and no more.
    public func runBurst() async throws {
        let limiters = try await make()
        let (quota, scope) = (RateQuota("burst", perMinute: 1, burst: 7), Self.tenant())
        for number in 0..<7 {
            let verdict = try await take(1, of: quota, scope, limiters[number % limiters.count])
            try require(verdict.isAdmitted, "unit \(number + 1) of a burst of 7 is admitted")
            try require(verdict.remaining, equals: 6 - number, "what remains is told")
            try require(verdict.retryAfter, equals: .zero, "who is admitted need not wait")
        }
        for limiter in limiters {
            let verdict = try await take(1, of: quota, scope, limiter)
            try require(!verdict.isAdmitted, "the burst is not exceeded")
            try require(verdict.remaining, equals: 0, "nothing remains of a burst that is used up")
        }
    }

    /// A refused caller is admitted when it was told, and not before.
    public func runReturn() async throws {
        let limiters = try await make()
        for cost in [1, 2] {
            // A machine that sleeps for longer than a unit takes to come back proves nothing.
            var isProved = false
            for _ in 0..<20 where !isProved { isProved = try await runReturn(of: cost, limiters) }
            try require(isProved, "the machine leaves a test a second now and then")
        }
    }

    /// - Returns: Whether it was quick enough to prove anything.
    private func runReturn(of cost: Int, _ limiters: [any RateLimiter]) async throws -> Bool {
        let (quota, scope) = (RateQuota("return", perMinute: 60, burst: 3), Self.tenant())
        let start = ContinuousClock.now
        _ = try await take(3, of: quota, scope, limiters[0])
        let refused = try await take(cost, of: quota, scope, limiters[0])
        let asked = ContinuousClock.now
        guard start.duration(to: asked) < .milliseconds(500) else { return false }
        try require(!refused.isAdmitted, "what is used up is refused")
        try require(
            refused.retryAfter > .zero && refused.retryAfter <= .seconds(cost),
            "units come back evenly: \(cost) in \(refused.retryAfter)"
        )
        try require(
            refused.resetAfter > .seconds(2) && refused.resetAfter <= .seconds(3),
            "the burst is whole in three units' time"
        )
        try await Task.sleep(for: refused.retryAfter - .milliseconds(50))
        let early = try await take(cost, of: quota, scope, limiters[0])
        guard asked.duration(to: .now) < refused.retryAfter else { return false }
        try require(!early.isAdmitted, "nothing is admitted early")
        try await Task.sleep(until: asked.advanced(by: refused.retryAfter + .milliseconds(1)), clock: .continuous)
        try require(
            try await take(cost, of: quota, scope, limiters[limiters.count - 1]).isAdmitted,
            "a retry at the time told is admitted"
        )
        return true
    }

    /// What is too much takes nothing, so that less is still admitted.
    public func runAllOrNothing() async throws {
        let limiter = try await make()[0]
        let (quota, scope) = (RateQuota("all", perMinute: 1, burst: 10), Self.tenant())
        try require(try await take(6, of: quota, scope, limiter).isAdmitted, "6 of 10 are admitted")
        let refused = try await take(5, of: quota, scope, limiter)
        try require(!refused.isAdmitted && refused.remaining == 4, "5 of 4 are refused and take nothing")
        try require(refused.retryAfter > .seconds(50) && refused.retryAfter <= .seconds(60), "the fifth is back within a minute")
        try require(try await take(4, of: quota, scope, limiter).isAdmitted, "4 of 4 are admitted")
    }

    /// Tenants and quotas are counted apart.
    public func runTenants() async throws {
        let limiter = try await make()[0]
        let (one, other) = (Self.tenant(), Self.tenant())
        let (queries, documents) = (RateQuota("queries", perMinute: 1, burst: 2), RateQuota("documents", perMinute: 1, burst: 2))
        try require(try await take(2, of: queries, one, limiter).isAdmitted, "the first tenant's queries")
        try require(try await take(2, of: queries, other, limiter).isAdmitted, "another tenant has a quota of its own")
        try require(try await take(2, of: documents, one, limiter).isAdmitted, "another quota is counted apart")
        try require(!(try await take(1, of: queries, one, limiter).isAdmitted), "the first one's is used up")
    }

    /// A cost outside 0 to the burst is taken for the nearest; asking for nothing tells what is left and takes nothing.
    public func runBounds() async throws {
        let limiter = try await make()[0]
        let (quota, scope) = (RateQuota("bounds", perMinute: 1, burst: 5), Self.tenant())
        for cost in [0, -1, Int.min] {
            let verdict = try await take(cost, of: quota, scope, limiter)
            try require(verdict.isAdmitted && verdict.remaining == 5, "\(cost) is admitted and takes nothing")
        }
        try require(try await take(Int.max, of: quota, scope, limiter).remaining, equals: 0, "more than the burst takes the burst")
        try require(try await take(0, of: quota, scope, limiter).isAdmitted, "nothing is always admitted")
        try require(!(try await take(6, of: quota, scope, limiter).isAdmitted), "more than the burst is refused as the burst is")
        let largest = RateQuota("largest", perMinute: .max, burst: .max)
        let verdict = try await take(RateQuota.range.upperBound, of: largest, Self.tenant(), limiter)
        try require(verdict.isAdmitted && verdict.remaining < 100, "the largest quota is counted like any other")
    }

    /// What was given out elsewhere is counted, up to the burst.
    public func runOwed() async throws {
        let limiter = try await make()[0]
        let (quota, scope) = (RateQuota("owed", perMinute: 1, burst: 5), Self.tenant())
        let verdict = try await unwrap(limiter.take(1, owed: 2, of: quota, in: scope), "the counts can be reached")
        try require(verdict.isAdmitted && verdict.remaining == 2, "of 5, 2 were owed and 1 is taken")
        let full = try await unwrap(limiter.take(1, owed: .max, of: quota, in: scope), "the counts can be reached")
        try require(!full.isAdmitted && full.remaining == 0, "what is owed can use up the burst")
        try require(full.retryAfter > .seconds(50) && full.retryAfter <= .seconds(60), "and no more than the burst")
    }

    /// In every stretch of time no more is admitted than the rate gives in it and the burst; and in the whole, no less than what was asked
    /// for and there.
    public func runConservation() async throws {
        let limiters = try await make()
        var random = SeededGenerator(seed: seed)
        let (quota, scope) = (RateQuota("flow", perMinute: 6_000, burst: 20), Self.tenant())
        var admitted: [(before: ContinuousClock.Instant, after: ContinuousClock.Instant, cost: Int)] = []
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(1) {
            let cost = Int.random(in: 1...4, using: &random)
            let before = ContinuousClock.now
            let limiter = limiters[Int.random(in: limiters.indices, using: &random)]
            if try await take(cost, of: quota, scope, limiter).isAdmitted { admitted.append((before, .now, cost)) }
            if Int.random(in: 0..<40, using: &random) == 0 { try await Task.sleep(for: .milliseconds(60)) }
        }
        for first in admitted.indices {
            var total = 0
            for last in first..<admitted.count {
                total += admitted[last].cost
                let stretch = admitted[first].before.duration(to: admitted[last].after).inSeconds
                try require(
                    Double(total) <= 100 * stretch + 20 + 0.01,
                    "no stretch admits more than its share and the burst (\(total) in \(stretch) s, seed \(seed))"
                )
            }
        }
        let total = admitted.reduce(0) { $0 + $1.cost }
        try require(total >= 80, "what is there is given (\(total) in a second, seed \(seed))")
    }

    /// Many callers at once get together what one would.
    public func runConcurrency() async throws {
        let limiters = try await make()
        let (quota, scope) = (RateQuota("many", perMinute: 1, burst: 100), Self.tenant())
        let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<16 {
                group.addTask {
                    var admitted = 0
                    for step in 0..<25 {
                        let verdict = try await take(1, of: quota, scope, limiters[(caller + step) % limiters.count])
                        if verdict.isAdmitted { admitted += 1 }
                    }
                    return admitted
                }
            }
            return try await group.reduce(0, +)
        }
        try require(admitted, equals: 100, "many callers at once get the burst, whole and once")
    }

    private func take(_ cost: Int, of quota: RateQuota, _ scope: TenantScope, _ limiter: any RateLimiter) async throws -> RateVerdict {
        try await unwrap(limiter.take(cost, owed: 0, of: quota, in: scope), "the counts can be reached")
    }

    private static func tenant() -> TenantScope { TenantScope(authenticated: "conformance-\(UInt64.random(in: 0 ... .max))") }
}
