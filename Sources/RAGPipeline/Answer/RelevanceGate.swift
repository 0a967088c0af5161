// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Decides whether what was found bears on the question at all, from raw scores: fused scores are relative and always have a best.
///
/// Evidence is the best cosine plus how much of the question the best lexical hit holds (`termCoverage`). The weights were chosen on
/// the training questions of SciFact (2.5% of which are refused) and on questions of three other sets, which its abstracts do not answer.
package struct RelevanceGate: Sendable, Hashable {
    /// The evidence from which the answer is sought.
    package var threshold: Float
    /// What a passage that holds every word of the question adds to the best cosine.
    package var lexicalWeight: Float
    /// A best cosine below this is never enough, whatever the words say.
    package var cosineFloor: Float
    /// Where no vector was searched: the share of the question that a passage must hold.
    package var lexicalAlone: Float

    package init(
        threshold: Float = 0.59,
        lexicalWeight: Float = 0.5,
        cosineFloor: Float = 0.12,
        lexicalAlone: Float = 0.35
    ) {
        self.threshold = threshold
        self.lexicalWeight = lexicalWeight
        self.cosineFloor = cosineFloor
        self.lexicalAlone = lexicalAlone
    }

    /// Whether any hit bears on the question.
    package func isRelevant(_ response: SearchResponse) -> Bool {
        guard !response.hits.isEmpty else { return false }
        return isRelevant(bestCosine: response.hits.compactMap(\.dense).max(), termCoverage: response.termCoverage)
    }

    /// The same from the best raw scores; nil where a search did not run. Without the lexical search the cosine alone must reach what
    /// it needs beside a passage that holds a third of the question.
    package func isRelevant(bestCosine: Float?, termCoverage: Float?) -> Bool {
        guard let bestCosine else { return (termCoverage ?? 0) >= lexicalAlone }
        return bestCosine >= cosineFloor && bestCosine + lexicalWeight * (termCoverage ?? 1 / 3) >= threshold
    }
}
