// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
import Metrics
package import RAGCore

/// Walks a question through its steps: embed, retrieve, fuse, judge, answer, check. Each step looks at the deadline.
///
/// The same code answers as JSON and as a stream: with `onEvent` the parts are handed over as they come, without it only the reply.
package final class AnswerPipeline: Sendable {
    /// Hands a part of the answer to whoever reads it; throwing ends the request.
    package typealias EventHandler = @Sendable (AnswerEvent) async throws -> Void

    let store: any KnowledgeStore
    let embedder: any QueryEmbedder
    let generator: (any Generator)?
    let reranker: (any Reranker)?
    let settings: AnswerSettings
    let logger: Logger
    let markersKept = Counter(label: "rag_markers_checked_total", dimensions: [("verdict", "supported")])
    let markersRemoved = Counter(label: "rag_markers_checked_total", dimensions: [("verdict", "removed")])

    /// - Parameters:
    ///   - generator: Writes answers; without one they are extractive.
    ///   - reranker: Judges the best passages where a request or the settings want it.
    package init(
        store: any KnowledgeStore,
        embedder: any QueryEmbedder,
        generator: (any Generator)?,
        reranker: (any Reranker)? = nil,
        settings: AnswerSettings = AnswerSettings(),
        logger: Logger = .current
    ) {
        self.store = store
        self.embedder = embedder
        self.generator = generator
        self.reranker = reranker
        self.settings = settings
        self.logger = logger
    }

    /// Whether a language model writes the answers.
    package var isGenerative: Bool { generator != nil }

    /// Answers a question from the tenant's documents.
    ///
    /// - Parameter onEvent: Gets `passages`, then text and citations as they come; nil where only the reply is wanted.
    /// - Throws: `deadlineExceeded`, `cancelled`, `unavailable` where nothing can be searched or where the language model broke off
    ///   after its first text (the cause is then a `PartialAnswer`).
    package func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: EventHandler? = nil
    ) async throws(RAGError) -> AnswerReply {
        var reply = AnswerReply()
        let clock = ContinuousClock()
        let start = clock.now
        let vector = try await queryVector(for: request, in: scope, reply: &reply)
        let embedded = clock.now
        reply.timings.add("embed", start.duration(to: embedded))
        let rewrites = try await rewrites(of: request, vector: vector, reply: &reply)
        let rewritten = clock.now
        if request.retrieval.expansion.isGenerative { reply.timings.add("expand", embedded.duration(to: rewritten)) }
        try request.deadline.check("searching")
        let response = try await retrieve(request, vector: vector, rewrites: rewrites, in: scope, reply: &reply)
        let retrieved = clock.now
        reply.timings.add("retrieve", rewritten.duration(to: retrieved))
        try await rerank(request, reply: &reply)
        await diversify(request, reply: &reply)
        let reranked = clock.now
        reply.timings.add("rerank", retrieved.duration(to: reranked))
        if let onEvent { try await Self.send(.passages(reply.passages, reply.notes), to: onEvent) }
        if reply.passages.isEmpty || !settings.relevance.isRelevant(response) {
            reply.reason = AnswerReply.nothingRelevant
        } else if request.generate {
            try request.deadline.check("answering")
            try await write(request, vector: vector, in: scope, reply: &reply, onEvent: onEvent)
        }
        reply.timings.add("generate", reranked.duration(to: clock.now))
        return reply
    }

    /// The query's vector, or nil where the mode needs none or a hybrid query can do without.
    private func queryVector(
        for request: AnswerRequest,
        in scope: TenantScope,
        reply: inout AnswerReply
    ) async throws(RAGError) -> [Float]? {
        guard request.mode != .lexical else { return nil }
        try request.deadline.check("embedding")
        do {
            let limit = min(request.deadline, .after(settings.queryEmbeddingLimit))
            let query = try await embedder.fitting([request.query], as: .query, deadline: limit).first ?? request.query
            let (vector, tier) = try await embedder.embedQuery(query, deadline: limit, in: scope)
            reply.embeddingCache = tier
            if query.utf8.count < request.query.utf8.count { reply.degrade("query_cut") }
            return vector
        } catch {
            guard request.mode == .hybrid, error.code != .cancelled, !request.deadline.hasPassed else { throw error }
            logger.warning("a query goes on without its vector", metadata: ["cause": "\(error)"])
            reply.degrade("vector")
            return nil
        }
    }

    static func send(_ event: AnswerEvent, to onEvent: EventHandler) async throws(RAGError) {
        do {
            try await onEvent(event)
        } catch {
            throw RAGError(.cancelled, "the caller went away", cause: error)
        }
    }
}

extension AnswerReply {
    static let nothingRelevant = "nothing_relevant"

    /// Names something that was skipped, cut or worse than usual, once.
    mutating func degrade(_ word: String) {
        if !degraded.contains(word) { degraded.append(word) }
    }
}
