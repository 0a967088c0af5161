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
}

/// A mean over queries with a 95% percentile-bootstrap interval.
struct BootstrappedMean: Sendable {
    let mean: Double
    let lower: Double
    let upper: Double

    /// - Parameter seed: Makes the interval repeatable.
    init(_ values: [Double], resamples: Int = 1_000, seed: UInt64 = 20_240_601) {
        guard !values.isEmpty else {
            (mean, lower, upper) = (0, 0, 0)
            return
        }
        mean = values.reduce(0, +) / Double(values.count)
        var generator = SplitMix64(state: seed)
        var means: [Double] = []
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in values.indices { sum += values[Int(generator.next() % UInt64(values.count))] }
            means.append(sum / Double(values.count))
        }
        means.sort()
        lower = means[Int(0.025 * Double(resamples))]
        upper = means[min(resamples - 1, Int(0.975 * Double(resamples)))]
    }
}

/// Vigna's SplitMix64: small, repeatable, good enough for resampling.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
