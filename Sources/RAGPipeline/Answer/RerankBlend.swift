// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Makes one ranking of the fused order and of a reranker's scores. Pure and deterministic.
///
/// A reranker's scores have a range of their own, so they are scaled to 0…1 over the passages that it judged and then added to the fused
/// scores by weight. A passage that was not judged counts as the worst of those that were: it can come before none that was judged and
/// fused better, and among themselves such passages keep the fused order.
package struct RerankBlend: Sendable, Hashable {
    /// How much the reranker counts, 0 to 1.
    package var weight: Float

    package init(weight: Float) { self.weight = min(max(weight, 0), 1) }

    /// What each candidate scores once the judgement is in it; the higher, the better.
    ///
    /// - Parameters:
    ///   - fused: Scores of the fused order.
    ///   - judged: As many; nil or not a finite number where a candidate was not judged.
    package func scores(fused: [Float], judged: [Float?]) -> [Float] {
        let judged = judged.map { $0.flatMap { $0.isFinite ? Double($0) : nil } }
        guard let low = judged.compactMap(\.self).min(), let high = judged.compactMap(\.self).max() else { return fused }
        return zip(fused, judged).map { fused, score in
            // Where all are judged alike the judgement moves none of them.
            let scaled = score.map { high > low ? ($0 - low) / (high - low) : 1 } ?? 0
            return Float(Double(weight) * scaled + (1 - Double(weight)) * Double(fused))
        }
    }

    /// The places of the candidates, best first; the fused order decides between equal scores.
    package func order(fused: [Float], judged: [Float?]) -> [Int] { Self.order(scores(fused: fused, judged: judged)) }

    /// The passages in their new order, with ranks from 1, `scores.rerank` as judged, and `scores.fused` with the judgement in it.
    ///
    /// - Parameters:
    ///   - passages: In fused order.
    ///   - judged: As many scores as passages; nil or not a finite number where a passage was not judged. Without any the order stays.
    package func rank(_ passages: [Passage], judged: [Float?]) -> [Passage] {
        guard passages.count == judged.count, judged.contains(where: { $0?.isFinite == true }) else { return passages }
        let scores = scores(fused: passages.map(\.scores.fused), judged: judged)
        return Self.order(scores).enumerated().map { place, index in
            var passage = passages[index]
            passage.rank = place + 1
            passage.scores.fused = scores[index]
            passage.scores.rerank = judged[index].flatMap { $0.isFinite ? $0 : nil }
            return passage
        }
    }

    private static func order(_ scores: [Float]) -> [Int] {
        scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
    }
}
