// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// The ids of a tenant's documents in order, remembered while a reader walks from page to page.
///
/// Qdrant orders by numbers only, so a list has to be read as a whole; once per walk, not once per page.
final class Listings: Sendable {
    private struct Listing {
        var ids: [DocumentID]
        var readAt: ContinuousClock.Instant
    }

    /// How old a list may be on which a walk goes on.
    private static let lifetime = Duration.seconds(60)
    /// Most ids that are remembered, over all tenants.
    private static let capacity = 2_000_000
    private let lists = Mutex<[TenantScope: Listing]>([:])

    func remember(_ ids: [DocumentID], of scope: TenantScope) {
        lists.withLock { lists in
            let now = ContinuousClock.now
            lists = lists.filter { $0.value.readAt.duration(to: now) < Self.lifetime }
            let others = lists.reduce(0) { $1.key == scope ? $0 : $0 + $1.value.ids.count }
            lists[scope] = others + ids.count <= Self.capacity ? Listing(ids: ids, readAt: now) : nil
        }
    }

    func recall(of scope: TenantScope) -> [DocumentID]? {
        lists.withLock { lists in
            guard let list = lists[scope], list.readAt.duration(to: .now) < Self.lifetime else { return nil }
            return list.ids
        }
    }
}
