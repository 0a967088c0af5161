// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// The publication that a head names.
struct CurrentPublication: Sendable, Hashable {
    var publication: PointID
    var revision: Int

    /// Nil for a withdrawn document.
    /// - Throws: `corrupt` if it is not a head that this program wrote, `unavailable` if it is another tenant's.
    init?(_ point: FoundPoint, tenant: String, isolation: Isolation) throws(RAGError) {
        var rest = (point.brief + [UInt8(ascii: " ")])[...]
        let owner = Brief.word(&rest)
        guard let owner, let publication = Brief.word(&rest), Brief.word(&rest) != nil,
            let revision = Brief.word(&rest).flatMap({ Brief.number($0) })
        else { throw RAGError(.corrupt, "a head in qdrant cannot be read; restore the collection from a snapshot") }
        guard owner.elementsEqual(tenant.utf8) else {
            isolation.report(1, tenant: tenant)
            throw RAGError(.unavailable, "qdrant returned another tenant's data, which was dropped")
        }
        guard !publication.elementsEqual("-".utf8) else { return nil }
        guard let id = PointID(publication) else {
            throw RAGError(.corrupt, "a head in qdrant cannot be read; restore the collection from a snapshot")
        }
        self.publication = id
        self.revision = revision
    }
}

/// Which publications are current, remembered for as long as the tenant's version stays the same.
///
/// Every change replaces the version before it is acknowledged: what was read under the version that is there now is still so, as far as
/// anybody was told otherwise. A change whose replica died in between is seen when the memory is let go of, seconds later.
final class CurrentPublications: Sendable {
    private struct Known {
        var version: UInt64
        var forgetAt: ContinuousClock.Instant
        var publications: [PointID: CurrentPublication] = [:]
    }

    private static let lifetime = Duration.seconds(10)
    /// About how many documents are remembered, over all tenants.
    private static let capacity = 200_000
    private let known = Mutex<[TenantScope: Known]>([:])

    /// Those of the documents that are known.
    func recall(_ documents: [PointID], in scope: TenantScope, version: UInt64) -> [PointID: CurrentPublication] {
        known.withLock { known in
            guard let own = known[scope], own.version == version, own.forgetAt > .now else { return [:] }
            var found: [PointID: CurrentPublication] = [:]
            found.reserveCapacity(documents.count)
            for document in documents { found[document] = own.publications[document] }
            return found
        }
    }

    /// What was known last, to be checked before it counts.
    func guess(_ documents: [PointID], in scope: TenantScope) -> (version: UInt64, publications: [PointID: CurrentPublication])? {
        known.withLock { known in
            guard let own = known[scope], own.forgetAt > .now else { return nil }
            var found: [PointID: CurrentPublication] = [:]
            for document in documents { found[document] = own.publications[document] }
            return (own.version, found)
        }
    }

    /// Remembers what was read after `version` was.
    func remember(_ publications: [PointID: CurrentPublication], in scope: TenantScope, version: UInt64) {
        known.withLock { known in
            let others = known.reduce(0) { $1.key == scope ? $0 : $0 + $1.value.publications.count }
            if others + publications.count > Self.capacity { known.removeAll() }
            var own = known[scope] ?? Known(version: version, forgetAt: .now.advanced(by: Self.lifetime))
            if own.version != version || own.forgetAt <= .now || own.publications.count > Self.capacity {
                own = Known(version: version, forgetAt: .now.advanced(by: Self.lifetime))
            }
            own.publications.merge(publications) { $1 }
            known[scope] = own
        }
    }
}
