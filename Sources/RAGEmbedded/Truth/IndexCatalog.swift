// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// The indexes in force, and the tenants whose withdrawn bytes wait to be overwritten.
final class IndexCatalog: Sendable {
    private struct State {
        var indexes: TenantIndexes?
        /// When a tenant's purge was first asked for.
        var purges: [Int64: ContinuousClock.Instant] = [:]
        /// Counts changes to anything that can be found or read.
        var changes: UInt64 = 0
        /// The count at a tenant's last change, and at the last change that touched every tenant.
        var changed: [Int64: UInt64] = [:]
        var changedForAll: UInt64 = 0

        mutating func noteChange(of tenants: some Sequence<Int64>) {
            for tenant in tenants {
                changes += 1
                changed[tenant] = changes
            }
        }

        mutating func noteChangeForAll() {
            changes += 1
            changed = [:]
            changedForAll = changes
        }
    }

    private let state = Mutex(State())

    /// The indexes of the generation in force; nil before the first `prepare`.
    var indexes: TenantIndexes? {
        get { state.withLock { $0.indexes } }
        set {
            state.withLock { state in
                state.indexes = newValue
                state.noteChangeForAll()
            }
        }
    }

    /// The count of changes at the tenant's last one. Of a tenant that is not known the count of all: any change may be its first.
    func sequence(of tenant: Int64?) -> UInt64 {
        state.withLock { state in tenant.map { state.changed[$0] ?? state.changedForAll } ?? state.changes }
    }

    /// Brings the indexes up to a commit; what it changed is counted once it can be found.
    func apply(_ changes: IndexChanges) {
        indexes?.apply(changes)
        state.withLock { $0.noteChange(of: changes.purges.union(changes.byTenant.keys)) }
        notePurges(Array(changes.purges))
    }

    func notePurges(_ tenants: [Int64]) {
        guard !tenants.isEmpty else { return }
        state.withLock { state in
            for tenant in tenants where state.purges[tenant] == nil { state.purges[tenant] = .now }
        }
    }

    /// Tenants whose purge has waited for `delay`; they are no longer noted.
    func takePurges(waiting delay: Duration) -> [Int64] {
        state.withLock { state in
            let due = state.purges.filter { $0.value.duration(to: .now) >= delay }.map(\.key)
            for tenant in due { state.purges[tenant] = nil }
            return due
        }
    }
}
