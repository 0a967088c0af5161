// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Synchronization
import Testing

/// Counts that others share and that a test takes away.
private final class SwitchedLimiter: RateLimiter {
    let inner = LocalRateLimiter()
    let isAway = Mutex(false)

    func take(_ cost: Int, owed: Int, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict? {
        isAway.withLock { $0 } ? nil : await inner.take(cost, owed: owed, of: quota, in: scope)
    }
}

@Suite struct RateLimiterTests {
    private let scope = TenantScope.singleTenant

    private func admitted(_ count: Int, of quota: RateQuota, by limiters: [any RateLimiter]) async -> Int {
        var admitted = 0
        for number in 0..<count {
            if await limiters[number % limiters.count].take(1, owed: 0, of: quota, in: scope)?.isAdmitted == true { admitted += 1 }
        }
        return admitted
    }

    @Test func countsInMemoryKeepThePromisesOfTheSeam() async throws {
        try await RateLimiterConformance { [LocalRateLimiter()] }.runAll()
    }

    @Test func sharedCountsKeepThePromisesOfTheSeam() async throws {
        try await RateLimiterConformance {
            let counts = SwitchedLimiter()
            return (0..<3).map { _ in SharedRateLimiter(counts, whileAway: LocalRateLimiter(replicas: 3)) }
        }.runAll()
    }

    @Test func replicasWithoutSharedCountsHandOutTheQuotaTogether() async {
        let quota = RateQuota("q", perMinute: 1, burst: 30)
        let replicas = (0..<3).map { _ in LocalRateLimiter(replicas: 3) }
        #expect(await admitted(300, of: quota, by: [replicas[0]]) == 10)
        #expect(await admitted(300, of: quota, by: replicas) == 20)
    }

    @Test func everyReplicaHandsOutItsShareWhileTheCountsAreAway() async {
        let counts = SwitchedLimiter()
        let replicas = (0..<3).map { _ in SharedRateLimiter(counts, whileAway: LocalRateLimiter(replicas: 3)) }
        let quota = RateQuota("q", perMinute: 1, burst: 30)
        counts.isAway.withLock { $0 = true }
        #expect(await admitted(300, of: quota, by: replicas) == 30)
        // What they handed out is told when the counts are back.
        counts.isAway.withLock { $0 = false }
        let back = await admitted(3, of: quota, by: replicas)
        #expect(back == 2)
        #expect(await admitted(300, of: quota, by: replicas) == 0)
    }

    @Test func goingAwayGivesNoSecondBurst() async {
        let counts = SwitchedLimiter()
        let replicas = (0..<3).map { _ in SharedRateLimiter(counts, whileAway: LocalRateLimiter(replicas: 3)) }
        let quota = RateQuota("q", perMinute: 1, burst: 30)
        #expect(await admitted(300, of: quota, by: replicas) == 30)
        counts.isAway.withLock { $0 = true }
        #expect(await admitted(300, of: quota, by: replicas) == 0)
    }

    @Test func bucketsThatRanDryAreDropped() async throws {
        let clock = Mutex(ContinuousClock.now)
        let limiter = LocalRateLimiter(now: { clock.withLock { $0 } })
        let quota = RateQuota("q", perMinute: 60)
        for number in 0..<20_000 {
            _ = await limiter.take(1, owed: 0, of: quota, in: TenantScope(authenticated: "t\(number)"))
            clock.withLock { $0 = $0.advanced(by: .milliseconds(10)) }
        }
        #expect(limiter.count < 1_100)
    }

    @Test(arguments: [1, 3]) func whatItCosts(_ replicas: Int) async {
        let limiter = LocalRateLimiter(replicas: replicas)
        let quota = RateQuota("queries", perMinute: 1_000_000)
        let start = ContinuousClock.now
        for _ in 0..<10_000 { _ = await limiter.take(1, owed: 0, of: quota, in: scope) }
        let each = start.duration(to: .now) / 10_000
        print("a local count takes \(each)")
        #expect(each < .microseconds(200))
    }
}
