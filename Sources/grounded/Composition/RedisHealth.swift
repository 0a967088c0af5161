// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Synchronization

/// One word on Redis from all that use it: degraded while any of them is.
final class RedisHealth: Sendable {
    /// Who uses it.
    enum User: Int, Sendable { case cache, limits }

    private let health: HealthRegistry
    private let degraded = Mutex<[User: String?]>([:])

    init(_ health: HealthRegistry) { self.health = health }

    func report(_ user: User, _ status: DependencyHealth.Status, _ detail: String?) {
        degraded.withLock { degraded in
            degraded[user] = status == .ok ? nil : .some(detail)
            // Within the lock, so that what is reported last is what holds.
            if let first = degraded.min(by: { $0.key.rawValue < $1.key.rawValue }) {
                health.report("redis", .degraded, detail: first.value)
            } else {
                health.report("redis", .ok)
            }
        }
    }
}
