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
        var until: ContinuousClock.Instant
    }

    private let held = Mutex<[PointID: Holding]>([:])

    func add(_ item: IngestItem, for duration: Duration) {
        held.withLock { $0[item.id] = Holding(attempts: item.attempts, until: .now.advanced(by: duration)) }
    }

    func renew(_ lease: IngestLease, for duration: Duration) {
        held.withLock { $0[IngestItem.id(lease.job, lease.item)]?.until = .now.advanced(by: duration) }
    }

    func remove(_ lease: IngestLease) { held.withLock { $0[IngestItem.id(lease.job, lease.item)] = nil } }

    /// How many leases there are that have not run out, and whether one of them is for work that was tried before.
    func state() -> (count: Int, hasRetried: Bool) {
        held.withLock { held in
            let now = ContinuousClock.now
            held = held.filter { $0.value.until > now }
            return (held.count, held.values.contains { $0.attempts > 1 })
        }
    }
}
