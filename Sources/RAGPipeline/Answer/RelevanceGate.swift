// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Decides whether what was found bears on the question at all, from raw scores: fused scores are relative and always have a best.
///
/// Evidence is the best cosine plus what the words add. The words add more the rarer the question's known words are
/// (`termCoverage`) and the better the best BM25 score is, which saturates.
package struct RelevanceGate: Sendable, Hashable {
    /// The evidence from which the answer is sought.
    package var threshold: Float
    /// What full lexical evidence adds to the best cosine.
    package var lexicalWeight: Float
    /// The BM25 score that counts half.
    package var lexicalHalf: Float
    /// A best cosine below this is never enough, whatever the words say.
    package var cosineFloor: Float
    /// Where no vector was searched: the lexical evidence (0 to 1) that is enough.
    package var lexicalAlone: Float

    package init(
        threshold: Float = 0.51,
        lexicalWeight: Float = 0.2,
        lexicalHalf: Float = 4,
        cosineFloor: Float = 0.25,
        lexicalAlone: Float = 0.2
    ) {
        self.threshold = threshold
        self.lexicalWeight = lexicalWeight
        self.lexicalHalf = lexicalHalf
        self.cosineFloor = cosineFloor
        self.lexicalAlone = lexicalAlone
    }

    /// Whether any hit bears on the question.
    package func isRelevant(_ response: SearchResponse) -> Bool {
        var cosine: Float?
        var bm25: Float?
        for hit in response.hits {
            if let dense = hit.dense { cosine = max(cosine ?? dense, dense) }
            if let lexical = hit.lexical { bm25 = max(bm25 ?? lexical, lexical) }
        }
        return isRelevant(bestCosine: cosine, bestBM25: bm25, termCoverage: response.termCoverage)
    }

    /// The same from the best raw scores; nil where a search did not run.
    package func isRelevant(bestCosine: Float?, bestBM25: Float?, termCoverage: Float?) -> Bool {
        var words: Float = 0
        if let bestBM25, bestBM25 > 0 { words = (termCoverage ?? 1) * bestBM25 / (bestBM25 + lexicalHalf) }
        guard let bestCosine else { return words >= lexicalAlone }
        return bestCosine >= cosineFloor && bestCosine + lexicalWeight * words >= threshold
    }
}
