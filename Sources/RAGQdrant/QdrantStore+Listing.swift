// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    package func documents(
        after: DocumentID?,
        prefix: String?,
        limit: Int,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentPage {
        let limit = max(1, min(limit, 1_000))
        let ids = try await ids(in: scope, fresh: after == nil)
        var matching = ids[...]
        if let after { matching = matching[Self.firstIndex(in: ids) { $0 > after }...] }
        if let prefix {
            // Ids that begin alike stand together.
            let begin = Self.firstIndex(in: ids) { !$0.rawValue.utf8.lexicographicallyPrecedes(prefix.utf8) }
            matching = matching[max(matching.startIndex, min(begin, matching.endIndex))...].prefix {
                $0.rawValue.utf8.starts(with: prefix.utf8)
            }
        }
        let page = matching.prefix(limit)
        let keys = page.map { DocumentKey($0, in: scope) }
        let generation = try serving().generation
        let heads = try await heads.read(keys, deadline: .after(settings.writeLimit))
        // What was withdrawn since the list was read is left out.
        let records = keys.compactMap { heads[$0]?.record(in: generation) }
        return DocumentPage(documents: records, next: matching.count > limit ? page.last : nil)
    }

    /// The ids of all documents in order.
    /// - Parameter fresh: Whether they are read now; otherwise a walk may go on with what its first page was made of.
    private func ids(in scope: TenantScope, fresh: Bool) async throws(RAGError) -> [DocumentID] {
        if !fresh, let ids = listings.recall(of: scope) { return ids }
        var ids: [DocumentID] = []
        let alive = PointFilter.all([.match(Field.tenant, scope.tenant), Self.aliveHeads])
        let fields = PointCollection.Fields.some([Field.tenant, Field.name])
        try await records.forEach(alive, fields: fields, pageSize: 10_000) { points throws(RAGError) in
            for point in self.isolation.own(points, in: scope) { ids.append(DocumentID(stored: try point.requiredString(Field.name))) }
        }
        ids.sort()
        listings.remember(ids, of: scope)
        return ids
    }

    /// The first place whose id fulfils `condition`; all after it do too.
    private static func firstIndex(in ids: [DocumentID], where condition: (DocumentID) -> Bool) -> Int {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(ids[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    static let aliveHeads = PointFilter.all([.match(Field.kind, RecordKind.head.rawValue), .match(Field.isAlive, .bool(true))])

    /// Counts what there is. Bytes are those of the vectors: Qdrant does not say what it takes on its disks.
    package func statistics(in scope: TenantScope?) async throws(RAGError) -> StoreStatistics {
        let deadline = Deadline.after(settings.writeLimit)
        let tenant = scope.map { [PointFilter.match(Field.tenant, $0.tenant)] } ?? []
        let documents = try await records.count(.all(tenant + [Self.aliveHeads]), deadline: deadline)
        let revision = PointFilter.match(Field.kind, RecordKind.revision.rawValue)
        let revisions = try await records.count(.all(tenant + [revision]), deadline: deadline)
        let serving = try serving()
        let chunks = try await serving.chunks.count(.all(tenant), deadline: deadline)
        return StoreStatistics(
            tenants: scope == nil ? try await records.facet(Field.tenant, Self.aliveHeads, limit: 100_000, deadline: deadline).count : 1,
            documents: documents,
            revisions: revisions,
            chunks: chunks,
            bytes: chunks * serving.generation.generation.space.dimension * MemoryLayout<Float>.size
        )
    }
}
