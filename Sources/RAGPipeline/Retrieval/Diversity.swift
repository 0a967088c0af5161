// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

/// Chooses passages that are relevant and unlike each other: maximal marginal relevance.
///
/// Each next passage is the one with the most `λ · relevance - (1 - λ) · similarity`, where relevance is its score scaled to 0…1 over the
/// pool and similarity its cosine with the most similar one chosen before, over the logarithms of how often their words occur. Words, not
/// vectors: the store gives no vectors with its hits, and computing them again would cost a model call.
package struct Diversity: Sendable {
    /// λ, 0 to 1.
    package var relevanceShare: Float

    package init(relevanceShare: Float) { self.relevanceShare = relevanceShare }

    /// The best `count` passages in the order they were chosen, and the similarity of each with the ones before.
    @concurrent
    package func choose(_ count: Int, from passages: [Passage]) async -> [(passage: Passage, similarity: Float)] {
        let vectors = passages.map { WordVector(of: $0.source.text) }
        let scores = passages.map(\.scores.fused)
        let (low, high) = (scores.min() ?? 0, scores.max() ?? 0)
        let relevance = scores.map { high > low ? ($0 - low) / (high - low) : 1 }
        var similarity = [Float](repeating: 0, count: passages.count)
        var open = Array(passages.indices)
        var chosen: [(passage: Passage, similarity: Float)] = []
        while chosen.count < count, !open.isEmpty {
            var best = 0
            var bestValue = -Float.infinity
            // Strictly greater: between equals the order before decides.
            for (place, index) in open.enumerated() {
                let value = relevanceShare * relevance[index] - (1 - relevanceShare) * similarity[index]
                if value > bestValue { (best, bestValue) = (place, value) }
            }
            let index = open.remove(at: best)
            chosen.append((passages[index], similarity[index]))
            for other in open { similarity[other] = max(similarity[other], vectors[index].cosine(vectors[other])) }
        }
        return chosen
    }
}

/// How often a text's words occur, as a vector of length 1.
private struct WordVector {
    /// By term.
    private let parts: [(term: UInt64, weight: Float)]

    init(of text: String) {
        let terms = TermExtractor().contentTerms(of: text).sorted()
        var parts: [(term: UInt64, weight: Float)] = []
        for term in terms {
            if parts.last?.term == term { parts[parts.count - 1].weight += 1 } else { parts.append((term, 1)) }
        }
        var length: Float = 0
        for index in parts.indices {
            // 1, 2, 4, 8 … occurrences weigh 1, 2, 3, 4 …
            let count = Int(parts[index].weight)
            parts[index].weight = Float(Int.bitWidth - count.leadingZeroBitCount)
            length += parts[index].weight * parts[index].weight
        }
        if length > 0 { for index in parts.indices { parts[index].weight /= length.squareRoot() } }
        self.parts = parts
    }

    func cosine(_ other: WordVector) -> Float {
        var (i, j, sum) = (0, 0, Float(0))
        while i < parts.count, j < other.parts.count {
            let (a, b) = (parts[i], other.parts[j])
            if a.term == b.term {
                sum += a.weight * b.weight
                i += 1
                j += 1
            } else if a.term < b.term {
                i += 1
            } else {
                j += 1
            }
        }
        return min(sum, 1)
    }
}
