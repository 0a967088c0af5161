// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText

/// Scores every entry: what an index must agree with.
struct BruteForceSearch {
    let entries: [InMemoryState.Entry]
    private let parameters = BM25Parameters.standard

    init(entries: [InMemoryState.Entry]) { self.entries = entries }

    func run(_ request: SearchRequest) -> SearchResponse {
        let limit = max(0, request.limit)
        let allowed = entries.filter { request.filter?.matches($0.metadata) ?? true }
        let query = request.text.map { TermExtractor().questionTerms(of: $0) }
        let lexical = query.map { scores(of: allowed, for: $0) }
        let dense = request.vector.map { vector in allowed.map { Self.product($0.vector, vector) } }
        var chosen: Set<Int> = []
        if let dense { chosen.formUnion(best(dense, limit)) }
        if let lexical { chosen.formUnion(best(lexical, limit).filter { lexical[$0] > 0 }) }
        let hits = chosen.sorted().map { position in
            Hit(chunk: allowed[position].reference, dense: dense?[position], lexical: lexical?[position])
        }
        return SearchResponse(
            hits: hits,
            termCoverage: request.text.map { text in
                guard let lexical, let best = best(lexical, 1).first, lexical[best] > 0 else { return 0 }
                return coverage(of: TermExtractor().terms(of: text), by: allowed[best])
            },
            lexicalCeiling: query.map { query in query.reduce(parameters.headroom(documents: entries.count)) { $0 + rarity(of: $1) } }
        )
    }

    private func best(_ scores: [Float], _ limit: Int) -> [Int] {
        Array(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(limit))
    }

    private func scores(of allowed: [InMemoryState.Entry], for query: [UInt64]) -> [Float] {
        let total = entries.reduce(0) { $0 + $1.terms.count }
        let average = Float(total) / Float(max(entries.count, 1))
        var occurrences: [UInt64: Float] = [:]
        for term in query { occurrences[term, default: 0] += 1 }
        let weights = occurrences.map { term, count in (term, count * rarity(of: term)) }
        return allowed.map { entry in
            weights.reduce(0) { sum, weight in
                let frequency = Float(entry.terms.count { $0 == weight.0 })
                let length = Float(entry.terms.count)
                return sum + weight.1 * parameters.saturation(termFrequency: frequency, length: length, averageLength: average)
            }
        }
    }

    private func coverage(of query: [UInt64], by best: InMemoryState.Entry) -> Float {
        var known: Float = 0
        var all: Float = 0
        for term in Set(query) {
            let rarity = rarity(of: term)
            all += rarity
            if best.terms.contains(term) { known += rarity }
        }
        return all > 0 ? known / all : 0
    }

    private func rarity(of term: UInt64) -> Float {
        parameters.idf(documentFrequency: entries.count { $0.terms.contains(term) }, documents: entries.count)
    }

    private static func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
