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
    private static let rounds = 4

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
        var limit = request.limit + Self.slack
        var response = SearchResponse()
        for round in 1...Self.rounds {
            let (found, version) = try await find(search, limit: limit, in: scope)
            let (hits, hidden) = try await visible(found, search, version: version, in: scope)
            response = SearchResponse(hits: search.best(hits), termCoverage: found.coverage)
            let isFull = [found.dense.count, found.lexical.count].allSatisfy { $0 < limit } || hidden < Self.slack
            // What was hidden may be a document between two publications: its new one is there to be found.
            let wasReplaced = hidden > 0 && round == 1 && search.isExact
            if isFull && !wasReplaced { break }
            if !isFull { limit *= 4 }
        }
        // Nothing is left because everything was dropped: that is not the same as nothing being there.
        if response.hits.isEmpty, isolationViolations > violations {
            throw RAGError(.unavailable, "qdrant returned another tenant's data, which was dropped; nothing else was found")
        }
        return response
    }

    /// The best chunks, current or not, and the tenant's version while they were looked for.
    private func find(
        _ search: ChunkSearch,
        limit: Int,
        in scope: TenantScope
    ) async throws(RAGError) -> (found: ChunkSearch.Found, version: UInt64) {
        do {
            async let version = sequence(in: scope)
            async let found = search.find(limit: limit, rarities: rarities)
            return try await (found, version)
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    /// Those of the hits that are current, with all scores; and how many are not.
    private func visible(
        _ found: ChunkSearch.Found,
        _ search: ChunkSearch,
        version: UInt64,
        in scope: TenantScope
    ) async throws(RAGError) -> (hits: [ChunkHit], hidden: Int) {
        let hits = found.merged
        guard !hits.isEmpty else { return ([], 0) }
        do {
            async let current = currentPublications(of: Array(Set(hits.map(\.document))), in: scope, version: version, search.deadline)
            async let scores = search.missingScores(of: hits)
            let (publications, (dense, lexical)) = try await (current, scores)
            var visible: [ChunkHit] = []
            visible.reserveCapacity(hits.count)
            for var hit in hits where publications[hit.document]?.publication == hit.publication && search.accepts(hit) {
                if search.wantsDense, hit.dense == nil {
                    // A point that has gone since is not there any more.
                    guard let score = dense[hit.id] else { continue }
                    hit.dense = score
                }
                if search.wantsLexical, hit.lexical == nil { hit.lexical = lexical[hit.id] ?? 0 }
                visible.append(hit)
            }
            return (visible, hits.count - visible.count)
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
