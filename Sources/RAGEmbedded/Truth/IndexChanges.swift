// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a transaction did to chunks, per tenant, for the indexes that are open.
struct IndexChanges: Sendable {
    /// A chunk that came.
    struct Addition: Sendable {
        var key: Int64
        var reference: ChunkReference
        var terms: [UInt64]
        var vector: [Float]
        var metadata: Metadata

        var indexed: IndexedChunk {
            IndexedChunk(key: key, reference: reference, terms: terms, vector: vector, metadata: metadata)
        }
    }

    /// A chunk that went, with the text that it was indexed under.
    struct Removal: Sendable {
        var key: Int64
        var indexedText: String
    }

    struct Changes: Sendable {
        var added: [Addition] = []
        var removed: [Removal] = []
    }

    /// By tenant key, in order of the transaction.
    private(set) var byTenant: [Int64: Changes] = [:]
    /// Tenants that a withdrawal asks to be purged.
    private(set) var purges: Set<Int64> = []

    mutating func add(_ additions: [Addition], tenant: Int64) { byTenant[tenant, default: Changes()].added += additions }

    /// Removes chunks; one that was added in the same transaction leaves no trace.
    mutating func remove(_ removals: [Removal], tenant: Int64) {
        byTenant[tenant, default: Changes()].cancel(removals)
    }

    mutating func purge(tenant: Int64) { purges.insert(tenant) }

    mutating func append(_ other: IndexChanges) {
        for (tenant, changes) in other.byTenant {
            byTenant[tenant, default: Changes()].cancel(changes.removed)
            byTenant[tenant, default: Changes()].added += changes.added
        }
        purges.formUnion(other.purges)
    }
}

extension IndexChanges.Changes {
    fileprivate mutating func cancel(_ removals: [IndexChanges.Removal]) {
        guard !removals.isEmpty else { return }
        let keys = Set(removals.map(\.key))
        let cancelled = Set(added.lazy.map(\.key).filter(keys.contains))
        if !cancelled.isEmpty { added.removeAll { cancelled.contains($0.key) } }
        removed += removals.filter { !cancelled.contains($0.key) }
    }
}
