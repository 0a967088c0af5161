// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline

/// Tries weights of a reranker's scores, and how many passages it judges, on questions that were asked without and with it.
struct RerankSearch: Sendable {
    struct Entry: Sendable {
        let weight: Float
        /// How many of the first passages are judged.
        let candidates: Int
        /// Mean nDCG@10 over the questions; weight 0 is without reranking.
        let nDCG: Double
    }

    static let weights: [Float] = (0...10).map { Float($0) / 10 }
    /// Numbers of passages that are tried below the one in force.
    private static let fewer = [5, 10, 20]

    /// By number of passages, then by weight, both smallest first.
    let entries: [Entry]

    /// The best entry; between equals the one that judges the fewest passages, then the smallest weight.
    var best: Entry { entries.reduce(entries[0]) { $1.nDCG > $0.nDCG + 1e-9 ? $1 : $0 } }

    init(baseline: Evaluation.Row, reranked: Evaluation.Row, questions: [TestSet.Question]) {
        let judged = reranked.rankings.map { $0.judged.count { $0 != nil } }.max() ?? 0
        entries = (Self.fewer.filter { $0 < judged } + [max(1, judged)]).flatMap { candidates in
            Self.weights.map { weight in
                let entry = Entry(weight: weight, candidates: candidates, nDCG: 0)
                let values = Self.values(entry, baseline: baseline, reranked: reranked, questions: questions)
                return Entry(weight: weight, candidates: candidates, nDCG: values.reduce(0, +) / max(1, Double(values.count)))
            }
        }
    }

    /// Each question's nDCG@10, blended as the server blends.
    static func values(
        _ entry: Entry,
        baseline: Evaluation.Row,
        reranked: Evaluation.Row,
        questions: [TestSet.Question]
    ) -> [Double] {
        let blend = RerankBlend(weight: entry.weight)
        return zip(zip(baseline.rankings, reranked.rankings), questions).map { pair, question in
            let documents =
                entry.weight == 0
                ? pair.0.documents : RerankTrial.documents(pair.0, pair.1, blend, candidates: entry.candidates)
            return RankingMetrics.nDCG(documents, question.relevance)
        }
    }
}
