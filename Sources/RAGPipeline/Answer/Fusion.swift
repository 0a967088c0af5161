// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Makes one ranking of what the dense and the lexical search found. Pure and deterministic.
package struct Fusion: Sendable, Hashable {
    /// How scores are combined.
    package enum Method: Sendable, Hashable {
        /// The cosine, and the share of the question's `lexicalCeiling` that a chunk reaches, are added by weight.
        ///
        /// What a score is worth does not depend on the other candidates: where the question's words say little, in a short question or one
        /// of common words, all shares are low and close together, and the vectors decide.
        case absolute
        /// Each score is scaled to 0…1 over the candidates, then the two are added by weight.
        case minMax
        /// Reciprocal ranks: 1 / (`k` + rank), added by weight. Looks at the order alone.
        case reciprocalRank(k: Float)

        /// The dense weight that was best on the training questions of SciFact.
        package var usualWeight: Float {
            switch self {
            case .absolute: 0.45
            case .minMax: 0.6
            case .reciprocalRank: 0.5
            }
        }
    }

    /// A hit and its place in the ranking.
    package struct Ranked: Sendable {
        package var hit: Hit
        /// 0 to 1 within one result; says nothing across queries.
        package var score: Float
    }

    package var method: Method
    /// How much the dense search counts, 0 to 1; the lexical one has the rest.
    package var denseWeight: Float

    package init(method: Method = .absolute, denseWeight: Float? = nil) {
        self.method = method
        self.denseWeight = min(max(denseWeight ?? method.usualWeight, 0), 1)
    }

    /// The hits of one search, best first.
    func rank(_ response: SearchResponse) -> [Ranked] { rank(response.hits, ceiling: response.lexicalCeiling) }

    /// The hits, best first; equal scores are ordered by document and chunk. Where only one search ran, that one alone decides.
    /// - Parameter ceiling: What `SearchResponse.lexicalCeiling` says; where it is unknown, the best lexical score counts as all.
    package func rank(_ hits: [Hit], ceiling: Float? = nil) -> [Ranked] {
        let weight = weight(over: hits)
        let scores =
            switch method {
            case .absolute: Self.stretched(absolute(hits, weight, ceiling: ceiling))
            case .minMax: minMax(hits, weight)
            case .reciprocalRank(let k): reciprocalRank(hits, weight, k)
            }
        // Numbers are sorted, not hits: those are larger and counted.
        return Self.order(hits, by: scores).map { Ranked(hit: hits[$0], score: scores[$0]) }
    }

    /// What the dense search counts over these hits: all or nothing where only one search ran.
    private func weight(over hits: [Hit]) -> Float {
        let hasDense = hits.contains { $0.dense != nil }
        let hasLexical = hits.contains { $0.lexical != nil }
        return hasDense == hasLexical ? denseWeight : hasDense ? 1 : 0
    }

    /// How the searches are weighed over these hits, and why.
    /// - Parameter isRequested: Whether the weight is the request's own.
    package func weighing(of hits: [Hit], isRequested: Bool) -> FusionWeighing {
        let isOneSearch = hits.contains { $0.dense != nil } != hits.contains { $0.lexical != nil }
        let name: FusionChoice.Method =
            switch method {
            case .absolute: .absolute
            case .minMax: .minMax
            case .reciprocalRank: .reciprocalRank
            }
        return FusionWeighing(
            method: name,
            denseWeight: weight(over: hits),
            reason: isOneSearch ? "only one search ran" : isRequested ? "asked for in the request" : "the server's setting"
        )
    }

    /// The dense and the lexical part of each hit's score, 0 to 1, before they are weighed.
    package func shares(of hits: [Hit], ceiling: Float?) -> [(dense: Float, lexical: Float)] {
        let (dense, lexical) =
            switch method {
            case .absolute: (absolute(hits, 1, ceiling: nil), absolute(hits, 0, ceiling: ceiling))
            case .minMax: (minMax(hits, 1), minMax(hits, 0))
            case .reciprocalRank(let k): (reciprocalRank(hits, 1, k), reciprocalRank(hits, 0, k))
            }
        return zip(dense, lexical).map { ($0, $1) }
    }

    /// Best first; equal scores by document and chunk.
    static func sorted(_ ranked: [Ranked]) -> [Ranked] { order(ranked.map(\.hit), by: ranked.map(\.score)).map { ranked[$0] } }

    private func absolute(_ hits: [Hit], _ weight: Float, ceiling: Float?) -> [Float] {
        let best = ceiling ?? hits.reduce(0) { max($0, Self.finite($1.lexical) ?? 0) }
        return hits.map { hit in
            let lexical = best > 0 ? min(max(0, Self.finite(hit.lexical) ?? 0) / best, 1) : 0
            return weight * min(max(0, Self.finite(hit.dense) ?? 0), 1) + (1 - weight) * lexical
        }
    }

    /// The scores from 0 to 1, in the same order.
    private static func stretched(_ scores: [Float]) -> [Float] {
        guard let low = scores.min(), let high = scores.max(), high > low else { return scores.map { $0 > 0 ? 1 : 0 } }
        return scores.map { ($0 - low) / (high - low) }
    }

    private func minMax(_ hits: [Hit], _ weight: Float) -> [Float] {
        let dense = Scale(hits) { $0.dense }
        let lexical = Scale(hits) { $0.lexical }
        return hits.map { weight * dense[$0.dense] + (1 - weight) * lexical[$0.lexical] }
    }

    private func reciprocalRank(_ hits: [Hit], _ weight: Float, _ k: Float) -> [Float] {
        let dense = Self.ranks(hits, above: -.infinity) { $0.dense }
        let lexical = Self.ranks(hits, above: 0) { $0.lexical }
        // Scaled so that the first of both lists scores 1.
        func share(_ rank: Int) -> Float { rank == 0 ? 0 : (k + 1) / (k + Float(rank)) }
        return hits.indices.map { weight * share(dense[$0]) + (1 - weight) * share(lexical[$0]) }
    }

    /// Each hit's rank by one score from 1, or 0 where it has none above `least`.
    private static func ranks(_ hits: [Hit], above least: Float, _ score: (Hit) -> Float?) -> [Int] {
        let scores = hits.map { finite(score($0)) ?? -.infinity }
        let found = order(hits, by: scores).prefix { scores[$0] > least }
        var ranks = [Int](repeating: 0, count: hits.count)
        for (rank, index) in found.enumerated() { ranks[index] = rank + 1 }
        return ranks
    }

    /// The places of the hits, best score first; equal scores by document and chunk.
    private static func order(_ hits: [Hit], by scores: [Float]) -> [Int] {
        hits.indices.sorted { left, right in
            if scores[left] != scores[right] { return scores[left] > scores[right] }
            let (a, b) = (hits[left].chunk, hits[right].chunk)
            return a.document == b.document ? a.ordinal < b.ordinal : a.document < b.document
        }
    }

    /// A store's score, unless it is not a number.
    private static func finite(_ score: Float?) -> Float? { score.flatMap { $0.isFinite ? $0 : nil } }

    /// One score's range over all candidates.
    private struct Scale {
        var low = Float.infinity
        var high = -Float.infinity

        init(_ hits: [Hit], _ score: (Hit) -> Float?) {
            for hit in hits {
                guard let value = Fusion.finite(score(hit)) else { continue }
                low = min(low, value)
                high = max(high, value)
            }
        }

        /// 0…1; where all candidates are equal, 1 if there is any evidence at all.
        subscript(value: Float?) -> Float {
            guard let value = Fusion.finite(value) else { return 0 }
            guard high > low else { return value > 0 ? 1 : 0 }
            return (value - low) / (high - low)
        }
    }
}
