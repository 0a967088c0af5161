// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// Counts in this process's memory; always there. With several replicas each hands out its part.
package final class LocalRateLimiter: RateLimiter {
    private struct Name: Hashable {
        var scope: TenantScope
        var quota: RateQuota
    }

    private struct State {
        var buckets: [Name: RateBucket] = [:]
        /// With more buckets than this, those that have run dry are dropped.
        var most = 1_024
    }

    private let replicas: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter replicas: How many servers hand out the same quotas.
    package init(replicas: Int = 1, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.replicas = replicas
        self.now = now
        start = now()
    }

    package func take(_ cost: Int, owed: Int, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict? {
        takeAtOnce(cost, owed: owed, of: quota, in: scope)
    }

    /// Takes `cost` units of this server's part of the quota, all or none.
    func takeAtOnce(_ cost: Int, owed: Int = 0, of quota: RateQuota, in scope: TenantScope) -> RateVerdict {
        change(quota, scope) { bucket, share, time in
            if owed > 0 { bucket.fill(owed, of: share, at: time) }
            return bucket.take(cost, of: share, at: time)
        }
    }

    /// Counts what was handed out by other means, so that less is handed out here.
    func note(_ cost: Int, of quota: RateQuota, in scope: TenantScope) {
        change(quota, scope) { $0.fill(cost, of: $1, at: $2) }
    }

    /// How many tenants and quotas are counted now.
    package var count: Int { state.withLock { $0.buckets.count } }

    private func change<Value: Sendable>(
        _ quota: RateQuota,
        _ scope: TenantScope,
        _ body: (inout RateBucket, RateBucket.Share, Int64) -> Value
    ) -> Value {
        let share = RateBucket.Share(of: quota, replicas: replicas)
        return state.withLock { state in
            // Within the lock, so that time never goes back from one change to the next.
            let time = Self.microseconds(start.duration(to: now()))
            if state.buckets.count > state.most {
                state.buckets = state.buckets.filter { !$1.isEmpty(.init(of: $0.quota, replicas: replicas), at: time) }
                state.most = max(1_024, 2 * state.buckets.count)
            }
            return body(&state.buckets[Name(scope: scope, quota: quota), default: RateBucket()], share, time)
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
