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

    /// Searches for one question while documents that it finds are being replaced.
    private static let mostSearches = 3

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
        try request.deadline.check("searching")
        let response = try await retrieve(request, vector: vector, in: scope, reply: &reply)
        let retrieved = clock.now
        reply.timings.add("retrieve", embedded.duration(to: retrieved))
        try await rerank(request, reply: &reply)
        let reranked = clock.now
        reply.timings.add("rerank", retrieved.duration(to: reranked))
        if let onEvent { try await Self.send(.passages(reply.passages), to: onEvent) }
        if reply.passages.isEmpty || !settings.relevance.isRelevant(response) {
            reply.reason = AnswerReply.nothingRelevant
        } else if request.generate {
            try request.deadline.check("answering")
            try await write(request, vector: vector, reply: &reply, onEvent: onEvent)
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

    /// Searches, fuses, and reads the best passages into `reply`.
    private func retrieve(
        _ request: AnswerRequest,
        vector: [Float]?,
        in scope: TenantScope,
        reply: inout AnswerReply
    ) async throws(RAGError) -> SearchResponse {
        let search = SearchRequest(
            vector: vector,
            text: request.mode == .dense ? nil : request.query,
            filter: request.filter,
            limit: settings.candidates(forTop: request.topK),
            deadline: request.deadline
        )
        var response: SearchResponse
        var best: ArraySlice<Fusion.Ranked>
        var texts: [PassageText]
        var searches = 0
        // A document that is replaced between the search and the reading is missing, though it is there all the time: search again.
        repeat {
            response = try await store.search(search, in: scope)
            best = self.best(settings.fusion.rank(response.hits), request)
            try request.deadline.check("reading passages")
            texts = best.isEmpty ? [] : try await store.passages(best.map(\.hit.chunk), in: scope)
            searches += 1
        } while texts.count < best.count && searches < Self.mostSearches
        for word in response.degraded { reply.degrade(word) }
        reply.passages.reserveCapacity(texts.count)
        // Both lists are in the same order; what was withdrawn in between is missing from `texts`.
        var next = best.startIndex
        for text in texts {
            while next < best.endIndex, best[next].hit.chunk != text.chunk { next += 1 }
            guard next < best.endIndex else { break }
            let scores = PassageScores(dense: best[next].hit.dense, lexical: best[next].hit.lexical, fused: best[next].score)
            reply.passages.append(Passage(rank: reply.passages.count + 1, source: text, scores: scores))
            next += 1
        }
        return response
    }

    /// The best chunks that are read, at most one per document where they are grouped.
    private func best(_ ranked: [Fusion.Ranked], _ request: AnswerRequest) -> ArraySlice<Fusion.Ranked> {
        let depth = depth(of: request)
        guard request.groupByDocument else { return ranked.prefix(depth) }
        var seen: Set<DocumentID> = []
        var best: [Fusion.Ranked] = []
        best.reserveCapacity(depth)
        for entry in ranked where seen.insert(entry.hit.chunk.document).inserted {
            best.append(entry)
            if best.count == depth { break }
        }
        return best[...]
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
