// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// How good a ranking is, by the definitions of trec_eval and BEIR.
enum RankingMetrics {
    /// Discounted gain of the first `depth` over the best that is possible; gains are the grades themselves.
    static func nDCG(_ ranking: [String], _ relevance: [String: Int], depth: Int = 10) -> Double {
        let gains = ranking.prefix(depth).map { Double(max(0, relevance[$0] ?? 0)) }
        let ideal = relevance.values.filter { $0 > 0 }.sorted(by: >).prefix(depth).map(Double.init)
        let best = discounted(ideal)
        return best > 0 ? discounted(gains) / best : 0
    }

    private static func discounted(_ gains: [Double]) -> Double {
        gains.enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset) + 2) }
    }

    /// The share of the relevant documents among the first `depth`.
    static func recall(_ ranking: [String], _ relevance: [String: Int], depth: Int = 100) -> Double {
        let relevant = Set(relevance.filter { $0.value > 0 }.keys)
        return relevant.isEmpty ? 0 : Double(relevant.intersection(ranking.prefix(depth)).count) / Double(relevant.count)
    }

    /// One over the rank of the first relevant document, 0 if there is none among the first `depth`.
    static func reciprocalRank(_ ranking: [String], _ relevance: [String: Int], depth: Int = 10) -> Double {
        let first = ranking.prefix(depth).firstIndex { (relevance[$0] ?? 0) > 0 }
        return first.map { 1 / Double($0 + 1) } ?? 0
    }

    /// The mean of the precision at each relevant document's rank; one that is not among the first `depth` counts 0.
    static func averagePrecision(_ ranking: [String], _ relevance: [String: Int], depth: Int = 100) -> Double {
        let relevant = relevance.count { $0.value > 0 }
        guard relevant > 0 else { return 0 }
        var found = 0
        var sum = 0.0
        for (index, document) in ranking.prefix(depth).enumerated() where (relevance[document] ?? 0) > 0 {
            found += 1
            sum += Double(found) / Double(index + 1)
        }
        return sum / Double(relevant)
    }
}
