// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// Finds out from one run with and one without reranking whether it helps, and with which weight.
///
/// The scores of both runs are blended here as the server blends them, so one run tries every weight. A weight that is chosen on the same
/// questions that praise it looks better than it is: each half of the questions is therefore ranked with the weight that is best on the
/// other half, and the verdict rests on that.
struct RerankTrial: Sendable {
    /// What one weight gives.
    struct Entry: Sendable {
        let weight: Float
        let nDCG: Double
        /// What it adds to each question's nDCG@10, over the questions.
        let difference: BootstrappedMean
    }

    /// The weights, smallest first.
    let entries: [Entry]
    /// What reranking adds to nDCG@10 on questions that had no say in the weight.
    let heldOut: BootstrappedMean
    /// Questions of which only a part of the candidates was judged, and those of which none was.
    let partial: Int
    let failed: Int
    /// Milliseconds of the server's own step, sorted.
    let times: [Double]

    /// The best weight over all questions.
    var weight: Float { entries.reduce(entries[0]) { $1.nDCG > $0.nDCG ? $1 : $0 }.weight }

    /// Whether what it adds is more than chance: the whole interval is above 0.
    var helps: Bool { heldOut.lower > 0 }

    /// Whether what it takes away is more than chance.
    var hurts: Bool { heldOut.upper < 0 }

    /// - Parameters:
    ///   - weights: At least one, each from 0 to 1.
    ///   - baseline: The questions' rankings without reranking, in the order of `questions`.
    ///   - reranked: The same with it.
    /// - Throws: `unavailable` where nothing was judged at all.
    init(
        weights: [Float],
        baseline: [Evaluation.Ranking],
        reranked: [Evaluation.Ranking],
        questions: [[String: Int]]
    ) throws(RAGError) {
        failed = reranked.count { $0.degraded.contains("rerank") }
        partial = reranked.count { $0.degraded.contains("rerank_partial") }
        guard failed < reranked.count, !weights.isEmpty else {
            throw RAGError(.unavailable, "the server reranked nothing; set RERANKER and see its log")
        }
        times = reranked.map(\.rerankTime).sorted()
        let without = zip(baseline, questions).map { RankingMetrics.nDCG($0.documents, $1) }
        let gains = weights.sorted().map { weight in
            let blend = RerankBlend(weight: weight)
            let values = zip(zip(baseline, reranked), questions).map { RankingMetrics.nDCG(Self.documents($0.0, $0.1, blend), $1) }
            return (weight: weight, difference: zip(values, without).map { $0 - $1 })
        }
        let mean = BootstrappedMean(without).mean
        entries = gains.map {
            let difference = BootstrappedMean($0.difference)
            return Entry(weight: $0.weight, nDCG: mean + difference.mean, difference: difference)
        }
        heldOut = BootstrappedMean(Self.heldOut(gains.map(\.difference)))
    }

    /// The documents in the order that a weight gives them.
    /// - Parameter candidates: Only so many of the first are taken as judged.
    static func documents(
        _ baseline: Evaluation.Ranking,
        _ reranked: Evaluation.Ranking,
        _ blend: RerankBlend,
        candidates: Int = .max
    ) -> [String] {
        let judged = Dictionary(zip(reranked.documents, reranked.judged)) { first, _ in first }
        let scores = baseline.documents.enumerated().map { $0.offset < candidates ? judged[$0.element] ?? nil : nil }
        return blend.order(fused: baseline.fused, judged: scores).map { baseline.documents[$0] }
    }

    /// Each question's difference with the weight that is best on the other half; the halves are the even and the odd questions.
    static func heldOut(_ differences: [[Double]]) -> [Double] {
        guard let count = differences.first?.count else { return [] }
        let best = (0..<2).map { half in
            let sums = differences.map { values in values.indices.reduce(0) { $1 % 2 == half ? $0 : $0 + values[$1] } }
            // Equally good weights: the smallest, which is the first.
            return sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
        }
        return (0..<count).map { differences[best[$0 % 2]][$0] }
    }
}
