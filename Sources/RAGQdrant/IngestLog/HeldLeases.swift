// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// What this replica holds now.
final class HeldLeases: Sendable {
    private struct Holding {
        var attempts: Int
        var leases: Int
        var until: ContinuousClock.Instant
    }

    private let held = Mutex<[PointID: Holding]>([:])

    func add(_ item: IngestItem, for duration: Duration) {
        held.withLock { $0[item.id] = Holding(attempts: item.attempts, leases: item.leases, until: .now.advanced(by: duration)) }
    }

    func renew(_ lease: IngestLease, for duration: Duration) {
        held.withLock { $0[IngestItem.id(lease.job, lease.item)]?.until = .now.advanced(by: duration) }
    }

    /// Whether the lease that this replica has of the item is the item's last one; a lease is nobody else's to use.
    func isLast(of item: IngestItem) -> Bool { held.withLock { $0[item.id].map { $0.leases == item.leases } ?? false } }

    func remove(_ lease: IngestLease) {
        held.withLock { held in
            let id = IngestItem.id(lease.job, lease.item)
            // It may have run out and been had again.
            if held[id]?.attempts == lease.attempt { held[id] = nil }
        }
    }

    /// How many leases there are that have not run out, and whether one of them is for work that was tried before.
    func state() -> (count: Int, hasRetried: Bool) {
        held.withLock { held in
            let now = ContinuousClock.now
            let current = held.values.filter { $0.until > now }
            // What ran out long ago was lost without a word.
            if held.count > current.count + 1_000 { held = held.filter { $0.value.until > now } }
            return (current.count, current.contains { $0.attempts > 1 })
        }
    }
}
