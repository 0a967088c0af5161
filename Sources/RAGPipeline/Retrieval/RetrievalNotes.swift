// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// What is known of the passages of a reply beside themselves.
package struct RetrievalNotes: Sendable {
    /// The other documents that hold the same passage, by the chunk that is shown for them.
    package var duplicates: [ChunkReference: [DocumentID]] = [:]
    /// How the passages came to their places; nil where nobody asked.
    package var explanation: RetrievalExplanation?

    package init() {}
}

/// How the passages of a reply came to their places.
package struct RetrievalExplanation: Sendable {
    /// A passage that is not shown because another one says the same.
    package struct Collapsed: Sendable, Hashable {
        package var chunk: ChunkReference
        /// The passage that is shown instead.
        package var shown: ChunkReference

        package init(chunk: ChunkReference, shown: ChunkReference) {
            self.chunk = chunk
            self.shown = shown
        }
    }

    package var mode: SearchMode
    /// Candidates with a vector's score, and with a term of the question.
    package var denseCandidates = 0
    package var lexicalCandidates = 0
    package var fusion: FusionWeighing
    package var expansion: QueryExpansion
    /// What was searched for beside the question: whole queries, a passage, or words.
    package var expansions: [String] = []
    package var recency: RecencyPreference?
    /// Passages that had a date.
    package var datedPassages = 0
    package var relevanceShare: Float?
    package var boosts: FieldBoosts?
    package var collapsed: [Collapsed] = []
    /// How long each step of retrieval took.
    package var steps = StageTimings()
    /// By chunk; those of the reply's passages are among them.
    package var passages: [ChunkReference: PassageExplanation] = [:]

    package init(mode: SearchMode, fusion: FusionWeighing, expansion: QueryExpansion = .none) {
        self.mode = mode
        self.fusion = fusion
        self.expansion = expansion
    }
}

/// How the two searches were weighed against each other, and who decided it.
package struct FusionWeighing: Sendable, Hashable {
    package var method: FusionChoice.Method
    /// What the dense search counted, 0 to 1.
    package var denseWeight: Float
    /// What the absolute method divides lexical scores by; nil where it is unknown or the lexical search did not run.
    package var lexicalCeiling: Float?
    /// A few words for people.
    package var reason: String

    package init(method: FusionChoice.Method, denseWeight: Float, lexicalCeiling: Float? = nil, reason: String) {
        self.method = method
        self.denseWeight = denseWeight
        self.lexicalCeiling = lexicalCeiling
        self.reason = reason
    }
}

/// The parts of one passage's score; nil where a part played no role.
package struct PassageExplanation: Sendable, Hashable {
    /// The dense and the lexical score as fusion scaled them, 0 to 1. Their weighted sum decides the order of what the question itself found.
    package var dense: Float?
    package var lexical: Float?
    /// The score from the searches alone, expansions included.
    package var fused: Float
    /// The best score that another wording of the question gave.
    package var expansion: Float?
    /// The share of the question's words in the title and in the headings, 0 to 1.
    package var title: Float?
    package var heading: Float?
    /// Freshness, 0 to 1; nil without a date.
    package var recency: Float?
    /// The score with boosts and freshness in it.
    package var adjusted: Float?
    /// How much the passage is like the most similar one before it, 0 to 1.
    package var similarity: Float?

    package init(fused: Float) { self.fused = fused }
}
