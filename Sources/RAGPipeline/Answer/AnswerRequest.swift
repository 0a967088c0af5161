// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A validated question.
package struct AnswerRequest: Sendable {
    package var query: String
    /// Most passages in the reply, 1 to 100.
    package var topK: Int
    package var mode: SearchMode
    package var filter: Filter?
    /// Whether the passages are reranked; nil leaves it to the server's settings.
    package var rerank: Bool?
    /// Whether an answer is wanted, or only passages.
    package var generate: Bool
    /// Whether passages are distinct documents' best chunks (the default) or simply the best chunks.
    package var groupByDocument: Bool
    /// How passages are found and ordered beyond the settings.
    package var retrieval: RetrievalOptions
    package var deadline: Deadline

    package init(
        query: String,
        topK: Int = 5,
        mode: SearchMode = .hybrid,
        filter: Filter? = nil,
        rerank: Bool? = nil,
        generate: Bool = true,
        groupByDocument: Bool = true,
        retrieval: RetrievalOptions = RetrievalOptions(),
        deadline: Deadline
    ) {
        self.query = query
        self.topK = topK
        self.mode = mode
        self.filter = filter
        self.rerank = rerank
        self.generate = generate
        self.groupByDocument = groupByDocument
        self.retrieval = retrieval
        self.deadline = deadline
    }
}

/// What happens on the way to a reply, in the order `passages`, then `token` and `citation` mixed.
package enum AnswerEvent: Sendable {
    case passages([Passage], RetrievalNotes)
    /// Text of the answer; a marker such as `[1]` is sent only after its sentence was checked.
    case token(String)
    case citation(Citation)
}

/// The answer, its citations, the passages, and what it cost.
package struct AnswerReply: Sendable {
    /// Where the query's vector came from.
    package enum CacheTier: String, Sendable {
        case l1
        case l2
        case miss
    }

    /// Whether the whole reply was remembered.
    package enum ResultCache: String, Sendable {
        case hit
        case miss
        /// Replies are not remembered.
        case off
    }

    package var answer: String?
    /// `nothing_relevant` when no passage bears on the question; nil otherwise.
    package var reason: String?
    package var citations: [Citation]
    package var passages: [Passage]
    /// What is known of the passages beside themselves.
    package var notes = RetrievalNotes()
    package var timings: StageTimings
    /// What was skipped, cut or worse than usual: `vector`, `query_cut`, `expand`, `rerank`, `rerank_partial`, `llm`, `citations_removed`…
    package var degraded: [String]
    /// Nil where no vector was needed.
    package var embeddingCache: CacheTier?
    package var resultCache = ResultCache.off
    /// What wrote the answer: a model's name, `extractive`, or nil where none was wanted.
    package var model: String?

    package init(
        answer: String? = nil,
        reason: String? = nil,
        citations: [Citation] = [],
        passages: [Passage] = [],
        timings: StageTimings = StageTimings(),
        degraded: [String] = [],
        embeddingCache: CacheTier? = nil,
        model: String? = nil
    ) {
        self.answer = answer
        self.reason = reason
        self.citations = citations
        self.passages = passages
        self.timings = timings
        self.degraded = degraded
        self.embeddingCache = embeddingCache
        self.model = model
    }
}
