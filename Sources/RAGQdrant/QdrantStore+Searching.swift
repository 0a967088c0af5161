// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    /// More than asked for, because some of what is found may be replaced already.
    private static let slack = 16
    /// How often a search is repeated, wider each time, where what it found was replaced or filtered out.
    private static let rounds = 6

    package func search(_ request: SearchRequest, in scope: TenantScope) async throws(RAGError) -> SearchResponse {
        try request.deadline.check("the search")
        let serving = try serving()
        let dimension = serving.generation.generation.space.dimension
        if let vector = request.vector, vector.count != dimension {
            throw RAGError(.incompatible, "the query's vector has \(vector.count) dimensions, the store's have \(dimension)")
        }
        guard request.limit > 0, request.vector != nil || request.text != nil else {
            return SearchResponse(termCoverage: request.text == nil ? nil : 0)
        }
        let search = ChunkSearch(request, chunks: serving.chunks, isolation: isolation, scope: scope)
        let violations = isolationViolations
        var response = try await run(search, request, in: scope)
        if response == nil {
            // Too much of what the server lets through is not what the filter means: every chunk of it is looked at.
            response = try await run(try await search.narrowed(), request, in: scope)
        }
        guard let response else {
            throw RAGError(.unavailable, "documents are being replaced faster than they can be searched; retry", retryAfter: .seconds(1))
        }
        // Nothing is left because everything was dropped: that is not the same as nothing being there.
        if response.hits.isEmpty, isolationViolations > violations {
            throw RAGError(.unavailable, "qdrant returned another tenant's data, which was dropped; nothing else was found")
        }
        return response
    }

    /// Searches, wider each time, until what is visible is as much as was asked for or all that there is.
    /// - Returns: Nil if that does not come to an end.
    private func run(
        _ search: ChunkSearch,
        _ request: SearchRequest,
        in scope: TenantScope
    ) async throws(RAGError) -> SearchResponse? {
        var limit = request.limit + Self.slack
        // What was seen not to be visible is left out the next time: a publish under way may have more chunks than all others together.
        var hidden: Set<PointID> = []
        for round in 1...Self.rounds {
            let (found, version) = try await find(search, limit: limit, without: hidden, in: scope)
            let (hits, stale, rejected) = try await visible(found, search, version: version, in: scope)
            let isAll = found.dense.count < limit && found.lexical.count < limit
            let isEnough = isAll || stale.count + rejected <= Self.slack
            // What was replaced may be a document between two publications: its new one is there to be found.
            if isEnough, stale.isEmpty || round > 1 {
                return SearchResponse(hits: search.best(hits), termCoverage: found.coverage, lexicalCeiling: found.ceiling)
            }
            hidden.formUnion(stale.map(\.publication))
            if rejected > 0 { limit *= 4 }
        }
        return nil
    }

    /// The best chunks, current or not, and the tenant's version while they were looked for.
    private func find(
        _ search: ChunkSearch,
        limit: Int,
        without hidden: Set<PointID>,
        in scope: TenantScope
    ) async throws(RAGError) -> (found: ChunkSearch.Found, version: UInt64) {
        do {
            async let version = sequence(in: scope)
            async let found = search.find(limit: limit, without: hidden, rarities: rarities)
            return try await (found, version)
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    /// Those of the hits that are current and pass, with all scores; those that are not current, and how many do not pass.
    private func visible(
        _ found: ChunkSearch.Found,
        _ search: ChunkSearch,
        version: UInt64,
        in scope: TenantScope
    ) async throws(RAGError) -> (hits: [ChunkHit], stale: [ChunkHit], rejected: Int) {
        let hits = found.merged
        guard !hits.isEmpty else { return ([], [], 0) }
        do {
            async let current = currentPublications(of: Array(Set(hits.map(\.document))), in: scope, version: version, search.deadline)
            async let scores = search.missingScores(of: hits)
            let (publications, (dense, lexical)) = try await (current, scores)
            var visible: [ChunkHit] = []
            visible.reserveCapacity(hits.count)
            var stale: [ChunkHit] = []
            var rejected = 0
            for var hit in hits {
                if search.wantsDense, hit.dense == nil { hit.dense = dense[hit.id] }
                if search.wantsLexical, hit.lexical == nil { hit.lexical = lexical[hit.id] ?? 0 }
                // A point without its score has gone since.
                if publications[hit.document]?.publication != hit.publication || search.wantsDense && hit.dense == nil {
                    stale.append(hit)
                } else if search.accepts(hit) {
                    visible.append(hit)
                } else {
                    rejected += 1
                }
            }
            return (visible, stale, rejected)
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    /// Which publications are current: from memory where the version says that nothing has changed since, else from the heads.
    func currentPublications(
        of documents: [PointID],
        in scope: TenantScope,
        version: UInt64,
        _ deadline: Deadline
    ) async throws(RAGError) -> [PointID: CurrentPublication] {
        var known = currents.recall(documents, in: scope, version: version)
        let unknown = known.isEmpty ? documents : documents.filter { known[$0] == nil }
        guard !unknown.isEmpty else { return known }
        let read = try await heads.current(unknown, in: scope, deadline: deadline)
        currents.remember(read, in: scope, version: version)
        known.merge(read) { $1 }
        return known
    }
}
