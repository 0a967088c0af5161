// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

extension TenantIndex {
    /// What a search found.
    package typealias Found = (hits: [Hit], termCoverage: Float?, lexicalCeiling: Float?)

    /// The best chunks by vector, by terms or both.
    ///
    /// - Parameters:
    ///   - vector: The query's vector, of length 1; nil leaves the dense search out.
    ///   - terms: Hashes of the tokens that are searched for; nil leaves the lexical search out.
    ///   - question: Hashes of all of the question's tokens, which coverage is measured with; nil means `terms`.
    ///   - filter: Which chunks count; nil means all.
    ///   - limit: Most hits of each kind.
    /// - Returns: The union of both kinds of hits without duplicates, those of the dense search first; each hit has the exact
    ///   scores of all searches that ran. `termCoverage` is the share of the query's distinct terms, weighted by rarity, that the
    ///   best lexical hit holds; nil where the lexical search did not run. So is `lexicalCeiling`, the score that no chunk reaches.
    package func search(
        vector: [Float]?,
        terms: [UInt64]?,
        question: [UInt64]? = nil,
        filter: Filter?,
        limit: Int
    ) -> Found {
        search(vector: vector, terms: terms, question: question, filter: filter, limit: limit, exhaustively: false)
    }

    /// What `search` approximates and must agree with: looks at every chunk that the filter allows.
    package func exhaustiveSearch(
        vector: [Float]?,
        terms: [UInt64]?,
        question: [UInt64]? = nil,
        filter: Filter?,
        limit: Int
    ) -> Found {
        search(vector: vector, terms: terms, question: question, filter: filter, limit: limit, exhaustively: true)
    }

    private func search(
        vector: [Float]?,
        terms: [UInt64]?,
        question: [UInt64]? = nil,
        filter: Filter?,
        limit: Int,
        exhaustively: Bool
    ) -> Found {
        let limit = max(0, limit)
        let allowed = parts.map { part in
            guard let filter else { return part.live }
            var slots = part.segment.metadata.bitmap(matching: filter)
            slots.and(part.live)
            return slots
        }
        let query = terms.map { lexicalQuery($0) }
        var dense = TopHits(limit: limit)
        if let vector {
            precondition(vector.count == dimension, "the query has the index's dimension")
            for (index, part) in parts.enumerated() {
                if exhaustively {
                    part.segment.vectors.scan(vector, live: allowed[index], into: &dense, segment: index)
                } else {
                    part.segment.vectors.search(vector, live: allowed[index], limit: limit, into: &dense, segment: index)
                }
            }
        }
        var lexical = TopHits(limit: limit)
        if let query {
            for (index, part) in parts.enumerated() {
                if exhaustively {
                    let scores = part.segment.lexical.exhaustiveScores(query, live: allowed[index])
                    for slot in allowed[index] where scores[slot] > 0 {
                        lexical.insert(score: scores[slot], segment: index, slot: slot)
                    }
                } else {
                    part.segment.lexical.search(query, live: allowed[index], into: &lexical, segment: index)
                }
            }
        }
        let lexicalHits = lexical.sorted()
        let coverage = query.map { query in
            let asked = question.map { $0 == terms ? query : lexicalQuery($0) } ?? query
            return lexicalHits.first.map { parts[$0.segment].segment.lexical.coverage(of: asked, slot: $0.slot) } ?? 0
        }
        return (hits(dense.sorted(), lexicalHits, vector: vector, query: query), coverage, query?.ceiling)
    }

    /// The query's terms, weighed by what is live.
    private func lexicalQuery(_ terms: [UInt64]) -> LexicalQuery {
        var statistics = LexicalStatistics()
        for part in parts {
            statistics.add(
                part.segment.lexical,
                terms: terms,
                documents: part.liveCount,
                totalLength: part.liveLength,
                deletedFrequencies: part.deletedFrequencies
            )
        }
        let parameters = BM25Parameters.standard
        return LexicalQuery(terms: terms, statistics: statistics, k1: parameters.k1, b: parameters.b)
    }

    /// The union of both searches with all scores filled in.
    private func hits(_ found: [TopHits.Entry], _ lexical: [TopHits.Entry], vector: [Float]?, query: LexicalQuery?) -> [Hit] {
        let scores = query.map { lexicalScores(of: found, $0) }
        var hits: [Hit] = []
        hits.reserveCapacity(found.count + lexical.count)
        for (index, entry) in found.enumerated() {
            let chunk = parts[entry.segment].segment.references[entry.slot]
            hits.append(Hit(chunk: chunk, dense: entry.score, lexical: scores?[index]))
        }
        let seen = Set(found.lazy.map(Place.init))
        for entry in lexical where !seen.contains(Place(entry)) {
            let segment = parts[entry.segment].segment
            let score = vector.map { segment.vectors.score(entry.slot, $0) }
            hits.append(Hit(chunk: segment.references[entry.slot], dense: score, lexical: entry.score))
        }
        return hits
    }

    /// The lexical score of each entry; the terms are looked up once per segment.
    private func lexicalScores(of entries: [TopHits.Entry], _ query: LexicalQuery) -> [Float] {
        var scores = [Float](repeating: 0, count: entries.count)
        for segment in parts.indices {
            let chosen = entries.indices.filter { entries[$0].segment == segment }
            if chosen.isEmpty { continue }
            let found = parts[segment].segment.lexical.scores(of: chosen.map { entries[$0].slot }, query)
            for (index, score) in zip(chosen, found) { scores[index] = score }
        }
        return scores
    }

    private struct Place: Hashable {
        let segment: Int
        let slot: Int

        init(_ entry: TopHits.Entry) {
            segment = entry.segment
            slot = entry.slot
        }
    }
}
