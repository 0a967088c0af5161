// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline

/// Tries weights of a reranker's scores on questions that were asked without and with it.
struct RerankSearch: Sendable {
    struct Entry: Sendable {
        let weight: Float
        /// Mean nDCG@10 over the questions; weight 0 is without reranking.
        let nDCG: Double
    }

    static let weights: [Float] = (0...10).map { Float($0) / 10 }

    let entries: [Entry]

    /// The best weight; between equals the smallest.
    var best: Entry { entries.reduce(entries[0]) { $1.nDCG > $0.nDCG + 1e-9 ? $1 : $0 } }

    init(baseline: Evaluation.Row, reranked: Evaluation.Row, questions: [TestSet.Question]) {
        entries = Self.weights.map { weight in
            let values = Self.values(weight, baseline: baseline, reranked: reranked, questions: questions)
            return Entry(weight: weight, nDCG: values.reduce(0, +) / max(1, Double(values.count)))
        }
    }

    /// Each question's nDCG@10 with a weight, blended as the server blends.
    static func values(
        _ weight: Float,
        baseline: Evaluation.Row,
        reranked: Evaluation.Row,
        questions: [TestSet.Question]
    ) -> [Double] {
        let blend = RerankBlend(weight: weight)
        return zip(zip(baseline.rankings, reranked.rankings), questions).map { pair, question in
            RankingMetrics.nDCG(weight == 0 ? pair.0.documents : RerankTrial.documents(pair.0, pair.1, blend), question.relevance)
        }
    }
}
