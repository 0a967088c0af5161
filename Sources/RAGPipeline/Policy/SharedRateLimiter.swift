// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// Counts where all servers do, and while that cannot be reached hands out this server's part of the quota: never nothing, never all.
///
/// Neither going away nor coming back gives a tenant a second burst: what was taken there fills the bucket here, and what was taken here
/// is told there at the next call.
package final class SharedRateLimiter: RateLimiter {
    private struct Name: Hashable {
        var scope: TenantScope
        var quota: RateQuota
    }

    private let shared: any RateLimiter
    private let local: LocalRateLimiter
    private let owed = Mutex<[Name: Int]>([:])

    package init(_ shared: any RateLimiter, whileAway local: LocalRateLimiter) {
        self.shared = shared
        self.local = local
    }

    package func take(_ cost: Int, owed more: Int = 0, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict? {
        let name = Name(scope: scope, quota: quota)
        let debt = owed.withLock { $0.isEmpty ? 0 : $0.removeValue(forKey: name) ?? 0 } + more
        if let verdict = await shared.take(cost, owed: debt, of: quota, in: scope) {
            if verdict.isAdmitted { local.note(cost, of: quota, in: scope) }
            return verdict
        }
        let verdict = local.takeAtOnce(cost, owed: more, of: quota, in: scope)
        let added = debt + (verdict.isAdmitted ? cost : 0)
        // More than a burst would not be counted anyway.
        if added > 0 { owed.withLock { $0[name] = min(quota.burst, $0[name, default: 0] + added) } }
        return verdict
    }
}
