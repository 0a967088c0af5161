// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText

/// One search of a tenant's chunks: the queries that it takes and what they found.
struct ChunkSearch: Sendable {
    /// What the first round of queries found, best first.
    struct Found: Sendable {
        var dense: [ChunkHit] = []
        var lexical: [ChunkHit] = []
        var coverage: Float?
        var ceiling: Float?

        /// All of them, each once, with the scores that are known.
        var merged: [ChunkHit] {
            var places: [PointID: Int] = [:]
            var hits = dense
            for (place, hit) in dense.enumerated() { places[hit.id] = place }
            for hit in lexical {
                if let place = places[hit.id] { hits[place].lexical = hit.lexical } else { hits.append(hit) }
            }
            return hits
        }
    }

    let deadline: Deadline
    /// Whether the server's filter lets through nothing that the request's does not.
    private(set) var isExact: Bool
    private let request: SearchRequest
    private let chunks: PointCollection
    private let isolation: Isolation
    private let scope: TenantScope
    /// All of the question's terms, and those that are searched for.
    private let question: SparseVector?
    private let searched: SparseVector?
    private let tenant: PointFilter
    private var filter: PointFilter

    init(_ request: SearchRequest, chunks: PointCollection, isolation: Isolation, scope: TenantScope) {
        self.request = request
        self.chunks = chunks
        self.isolation = isolation
        self.scope = scope
        deadline = min(request.deadline, .after(chunks.settings.readLimit * 3))
        question = request.text.map { TenantTerms(scope).question($0) }
        searched = request.text.map { TenantTerms(scope).searched($0) }
        tenant = .match(Field.tenant, scope.tenant)
        let compiled = request.filter.map { CompiledFilter($0) }
        filter = compiled.map { .all([.match(Field.tenant, scope.tenant), $0.condition]) } ?? .match(Field.tenant, scope.tenant)
        isExact = compiled?.isExact ?? true
    }

    /// Most terms whose rarity one search asks for.
    private static let mostProbes = 64

    var wantsDense: Bool { request.vector != nil }
    var wantsLexical: Bool { question != nil }

    /// Whether the request's own filter lets a hit through.
    func accepts(_ hit: ChunkHit) -> Bool {
        guard !isExact, let filter = request.filter else { return true }
        return hit.metadata.map { filter.matches($0) } ?? false
    }

    /// Most chunks that are looked at, one by one, for a filter that the server cannot decide.
    private static let mostNarrowed = 100_000
    private static let mostAccepted = 20_000

    /// The same search among exactly those chunks that the request's filter lets through.
    /// - Throws: `invalidField` if there are too many to look at.
    func narrowed() async throws(RAGError) -> ChunkSearch {
        guard !isExact, let wanted = request.filter else { return self }
        var ids: [PointID] = []
        var seen = 0
        let fields = PointCollection.Fields.some([Field.tenant, "metadata"])
        try await chunks.forEach(filter, fields: fields, pageSize: 2_000) { points throws(RAGError) in
            try deadline.check("the search")
            seen += points.count
            for point in isolation.own(points, in: scope) {
                guard let metadata = StoredJSON.metadata(try point.requiredString("metadata")) else { throw point.damaged("metadata") }
                if wanted.matches(metadata) { ids.append(point.id) }
            }
            guard seen <= Self.mostNarrowed, ids.count <= Self.mostAccepted else {
                throw RAGError(
                    .invalidField,
                    "too many texts begin with the same 18 bytes as the range's bounds; add another condition, or use numbers",
                    field: "filter"
                )
            }
        }
        var search = self
        search.filter = .all([tenant, .ids(ids)])
        search.isExact = true
        return search
    }

    /// The best chunks of each kind, current or not, without those of publications that are known not to be.
    func find(limit: Int, without hidden: Set<PointID>, rarities: TermRarities) async throws(RAGError) -> Found {
        var filter = filter
        if !hidden.isEmpty { filter = .all([filter, .not(.matchAny(Field.publication, hidden.map(\.text)))]) }
        let fields = PointCollection.Fields.some(isExact ? [Brief.field] : [Brief.field, "metadata"])
        var queries: [PointCollection.Query] = []
        if let vector = request.vector {
            queries.append(.init(target: .dense(vector), filter: filter, limit: limit, fields: fields))
        }
        let denseCount = queries.count
        var unknown: [UInt32] = []
        var known: [UInt32: Float] = [:]
        if let question, let searched, !searched.indices.isEmpty {
            (unknown, known) = rarities.known(question.indices, in: scope)
            // A long question is weighed by what is known of some of its terms, of those that are searched for before all others.
            let order = Set(searched.indices)
            unknown = Array((unknown.filter { order.contains($0) } + unknown.filter { !order.contains($0) }).prefix(Self.mostProbes))
            let target = PointCollection.Query.Target.terms(searched, corpus: tenant)
            queries.append(.init(target: target, filter: filter, limit: limit, fields: fields))
            // The best hit once more, with its terms, and one chunk with each term that nothing is known of: its score over its weight is
            // the term's rarity.
            queries.append(.init(target: target, filter: filter, limit: 1, fields: .some([Field.tenant]), withTerms: true))
            for term in unknown {
                let alone = PointCollection.Query.Target.terms(SparseVector(indices: [term], values: [1]), corpus: tenant)
                queries.append(.init(target: alone, filter: tenant, limit: 1, fields: .some([Field.tenant]), withTerms: true))
            }
        }
        var found = Found()
        if wantsLexical { found.coverage = 0 }
        guard !queries.isEmpty else { return found }
        let answer = try await chunks.query(queries, deadline: deadline)
        var probes: [Int: Point] = [:]
        let count = try FoundPoint.batch(answer) { place, scanner throws(RAGError) in
            switch place - denseCount {
            case ..<0: if let hit = try self.hit(&scanner, \.dense) { found.dense.append(hit) }
            case 0: if let hit = try self.hit(&scanner, \.lexical) { found.lexical.append(hit) }
            default: probes[place - denseCount - 1] = try Point(JSONValue(parsing: scanner.raw()))
            }
        }
        guard count == queries.count else { throw QdrantClient.unexpected("sent another number of results than there were queries") }
        guard queries.count > denseCount else { return found }
        let best = probes[0].flatMap { isolation.own([$0], in: scope).first?.terms } ?? [:]
        if !unknown.isEmpty {
            let probed = try await self.rarities(of: unknown, from: unknown.indices.map { probes[$0 + 1] }, rarities)
            rarities.remember(probed, in: scope)
            known.merge(probed) { $1 }
        }
        let total = known.values.reduce(0, +)
        let held = known.reduce(Float(0)) { best[$1.key] == nil ? $0 : $0 + $1.value }
        found.coverage = total > 0 ? min(held / total, 1) : 0
        if let searched {
            // What is remembered may be older than what was found.
            found.ceiling = max(try await ceiling(of: searched, known, rarities), found.lexical.reduce(0) { max($0, $1.lexical ?? 0) })
        }
        return found
    }

    /// The score that no chunk reaches: every term as often as can be, and one more that nothing holds. Of a long question the terms that
    /// nothing is known of count as the mean of the others.
    private func ceiling(of terms: SparseVector, _ known: [UInt32: Float], _ rarities: TermRarities) async throws(RAGError) -> Float {
        let mean = known.isEmpty ? 0 : known.values.reduce(0, +) / Float(known.count)
        let sum = zip(terms.indices, terms.values).reduce(Float(0)) { $0 + $1.1 * (known[$1.0] ?? mean) }
        var count = rarities.chunkCount(in: scope)
        if count == nil {
            let counted = try await chunks.count(tenant, deadline: deadline)
            rarities.remember(chunkCount: counted, in: scope)
            count = counted
        }
        return sum + BM25Parameters.standard.headroom(documents: count ?? 0)
    }

    /// The scores that hits lack because only the other query found them.
    func missingScores(of hits: [ChunkHit]) async throws(RAGError) -> (dense: [PointID: Float], lexical: [PointID: Float]) {
        guard let vector = request.vector, let searched, !searched.indices.isEmpty else { return ([:], [:]) }
        let withoutDense = hits.filter { $0.dense == nil }.map(\.id)
        let withoutLexical = hits.filter { $0.lexical == nil }.map(\.id)
        var queries: [PointCollection.Query] = []
        func add(_ target: PointCollection.Query.Target, _ ids: [PointID]) {
            guard !ids.isEmpty else { return }
            queries.append(.init(target: target, filter: .all([tenant, .ids(ids)]), limit: ids.count, isExact: true))
        }
        add(.dense(vector), withoutDense)
        add(.terms(searched, corpus: tenant), withoutLexical)
        guard !queries.isEmpty else { return ([:], [:]) }
        let answer = try await chunks.query(queries, deadline: deadline)
        var scores: [[PointID: Float]] = [[:], [:]]
        let first = withoutDense.isEmpty ? 1 : 0
        let count = try FoundPoint.batch(answer) { place, scanner throws(RAGError) in
            let point = try FoundPoint(&scanner)
            if let id = point.id, place + first < 2 { scores[place + first][id] = point.score }
        }
        guard count == queries.count else { throw QdrantClient.unexpected("sent another number of results than there were queries") }
        return (scores[0], scores[1])
    }

    /// The visible hits as the request asked for them: the best of each kind.
    func best(_ hits: [ChunkHit]) -> [Hit] {
        var chosen: Set<PointID> = []
        if wantsDense {
            for hit in hits.sorted(by: { ($0.dense ?? 0) > ($1.dense ?? 0) }).prefix(request.limit) { chosen.insert(hit.id) }
        }
        if wantsLexical {
            let matching = hits.filter { ($0.lexical ?? 0) > 0 }
            for hit in matching.sorted(by: { ($0.lexical ?? 0) > ($1.lexical ?? 0) }).prefix(request.limit) { chosen.insert(hit.id) }
        }
        return hits.filter { chosen.contains($0.id) }.map { Hit(chunk: $0.reference, dense: $0.dense, lexical: $0.lexical) }
    }

    /// The hit that comes next; nil if it is another tenant's.
    private func hit(
        _ scanner: inout JSONScanner,
        _ score: WritableKeyPath<ChunkHit, Float?>
    ) throws(RAGError) -> ChunkHit? {
        let point = try FoundPoint(&scanner)
        guard let found = point.score else { throw QdrantClient.unexpected("sent a hit without a score") }
        guard var hit = try ChunkHit(point, tenant: scope.tenant) else {
            isolation.report(1, tenant: scope.tenant)
            return nil
        }
        hit[keyPath: score] = found
        return hit
    }

    /// How rare terms are: a chunk's score for a term alone, over the term's weight in that chunk. A term that no chunk has is as rare as
    /// can be.
    private func rarities(of terms: [UInt32], from probes: [Point?], _ memory: TermRarities) async throws(RAGError) -> [UInt32: Float] {
        var rarities: [UInt32: Float] = [:]
        for (term, probe) in zip(terms, probes) {
            guard let probe, let point = isolation.own([probe], in: scope).first, let score = point.score, let weight = point.terms?[term],
                weight > 0
            else { continue }
            rarities[term] = score / weight
        }
        guard rarities.count < terms.count else { return rarities }
        let count = try await chunks.count(tenant, deadline: deadline)
        memory.remember(chunkCount: count, in: scope)
        for term in terms where rarities[term] == nil {
            rarities[term] = BM25Parameters.standard.idf(documentFrequency: 0, documents: count)
        }
        return rarities
    }
}
