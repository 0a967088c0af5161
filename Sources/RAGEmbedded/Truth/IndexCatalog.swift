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
    }

    private let state = Mutex(State())

    /// The indexes of the generation in force; nil before the first `prepare`.
    var indexes: TenantIndexes? {
        get { state.withLock { $0.indexes } }
        set { state.withLock { $0.indexes = newValue } }
    }

    /// Brings the indexes up to a commit.
    func apply(_ changes: IndexChanges) {
        indexes?.apply(changes)
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
