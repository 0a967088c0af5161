// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Everything about answering that can be tuned, with its defaults.
package struct AnswerSettings: Sendable {
    /// How the dense and the lexical search are made into one ranking.
    package var fusion: Fusion
    /// How questions are rewritten where a request wants that.
    package var expansion = ExpansionSettings()
    /// When the passages have nothing to do with the question.
    package var relevance: RelevanceGate
    /// How much a reranker has to say.
    package var reranking: RerankSettings
    /// Which sentences make an extractive answer.
    package var extraction: ExtractionSettings
    /// When a passage supports a sentence that cites it.
    package var support: SupportSettings
    /// Fewest candidates of each search.
    package var minimumCandidates: Int
    /// Candidates per passage that is asked for, where that is more.
    package var candidatesPerPassage: Int
    /// Most time for the query's vector; after that a hybrid query goes on without it.
    package var queryEmbeddingLimit: Duration
    /// Most time for the vectors of sentences; after that words alone decide.
    package var sentenceEmbeddingLimit: Duration
    /// How many chunks before and after each passage the language model reads too, where the prompt has room; 0 for none.
    package var contextNeighbours: Int
    /// Most bytes of passages in a prompt; 24,000 are about 6,000 tokens of English.
    package var promptBudget: Int
    /// Most tokens of a generated answer.
    package var maximumAnswerTokens: Int

    package init(
        fusion: Fusion = Fusion(),
        relevance: RelevanceGate = RelevanceGate(),
        reranking: RerankSettings = RerankSettings(),
        extraction: ExtractionSettings = ExtractionSettings(),
        support: SupportSettings = SupportSettings(),
        minimumCandidates: Int = 100,
        candidatesPerPassage: Int = 3,
        queryEmbeddingLimit: Duration = .seconds(2),
        sentenceEmbeddingLimit: Duration = .seconds(2),
        contextNeighbours: Int = 1,
        promptBudget: Int = 24_000,
        maximumAnswerTokens: Int = 512
    ) {
        self.fusion = fusion
        self.relevance = relevance
        self.reranking = reranking
        self.extraction = extraction
        self.support = support
        self.minimumCandidates = minimumCandidates
        self.candidatesPerPassage = candidatesPerPassage
        self.queryEmbeddingLimit = queryEmbeddingLimit
        self.sentenceEmbeddingLimit = sentenceEmbeddingLimit
        self.contextNeighbours = contextNeighbours
        self.promptBudget = promptBudget
        self.maximumAnswerTokens = maximumAnswerTokens
    }

    /// How many candidates of each search a request for `topK` passages looks at.
    package func candidates(forTop topK: Int) -> Int { max(minimumCandidates, topK * candidatesPerPassage) }
}

/// Which sentences make an extractive answer.
package struct ExtractionSettings: Sendable {
    /// Most sentences of an answer.
    package var maximumSentences = 3
    /// Most sentences that are embedded and compared.
    package var maximumCandidates = 24
    /// How much the vectors count beside the shared words, 0 to 1.
    package var denseWeight: Float = 0.7
    /// A sentence scores at least this…
    package var floor: Float = 0.25
    /// …and at least this share of the best sentence's score.
    package var shareOfBest: Float = 0.75
    /// Two sentences that share this much of their words (Jaccard) say the same.
    package var duplicateOverlap: Float = 0.7
    /// What each rank below the first takes from a sentence's score.
    package var rankPenalty: Float = 0.02
    /// Fewest words of a sentence that can answer something.
    package var minimumWords = 4

    package init() {}
}

/// When a passage supports a sentence that cites it.
package struct SupportSettings: Sendable {
    /// The support score from which a marker stays, 0 to 1.
    package var threshold: Float = 0.5
    /// The share of the claim's words from which a marker stays where there are no vectors.
    package var lexicalThreshold: Float = 0.5
    /// How much the vectors count beside the shared words, 0 to 1.
    package var denseWeight: Float = 0.5
    /// The cosine that counts as no support, and the one that counts as full support.
    package var cosineFloor: Float = 0.2
    package var cosineCeiling: Float = 0.8
    /// Most sentences of one passage that are embedded, the ones with the most shared words first.
    package var maximumSentences = 24
    /// A clause between two markers with fewer words is checked together with what stands before it in its sentence.
    package var minimumClauseWords = 4

    package init() {}
}
