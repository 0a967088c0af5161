// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore

extension AnswerPipeline {
    /// The question in the words of the language model, as the request asks; nothing where it fails, which `degraded` names.
    /// - Throws: `cancelled` only.
    func rewrites(
        of request: AnswerRequest,
        vector: [Float]?,
        reply: inout AnswerReply
    ) async throws(RAGError) -> [Rewrite] {
        let expansion = request.retrieval.expansion
        guard expansion.isGenerative else { return [] }
        guard let generator else {
            reply.degrade("expand")
            return []
        }
        let share = request.deadline.remaining * settings.expansion.shareOfDeadline
        let deadline = min(request.deadline, .after(min(settings.expansion.limit, share)))
        do {
            let texts = try await QueryRewriter(generator: generator, deadline: deadline).texts(for: request.query, expansion)
            guard !texts.isEmpty else { throw RAGError(.unavailable, "the language model gave no other wording") }
            return try await embedded(texts, expansion, vector: vector, mode: request.mode, deadline: deadline)
        } catch {
            let failure = RAGError.wrapping(error, "the language model failed")
            if failure.code == .cancelled || Task.isCancelled { throw RAGError(.cancelled, "the caller went away", cause: error) }
            logger.warning("a question is searched for in its own words alone", metadata: ["cause": "\(failure)"])
            reply.degrade("expand")
            return []
        }
    }

    private func embedded(
        _ texts: [String],
        _ expansion: QueryExpansion,
        vector: [Float]?,
        mode: SearchMode,
        deadline: Deadline
    ) async throws(RAGError) -> [Rewrite] {
        let isPassage = expansion == .hyde
        guard let vector else { return texts.map { Rewrite(text: $0, words: $0) } }
        let role = isPassage ? EmbeddingRole.passage : .query
        let fitting = try await embedder.fitting(texts, as: role, deadline: deadline)
        let vectors = try await embedder.embed(fitting, as: role, deadline: deadline)
        guard vectors.count == texts.count else { throw RAGError(.unavailable, "the embedder lost a query") }
        return texts.enumerated().map { index, text in
            // A made-up passage says where the answer lies, the question what is asked: the direction between the two is searched in.
            let direction = isPassage ? Self.between(vector, vectors[index]) : Array(vectors[index])
            // Made-up words are not searched for beside a vector: they may be wrong names and numbers.
            return Rewrite(text: text, vector: direction, words: mode == .dense || isPassage ? nil : text)
        }
    }

    private static func between(_ first: [Float], _ second: ArraySlice<Float>) -> [Float] {
        let sum = zip(first, second).map { $0 + $1 }
        let length = SentenceVectors.cosine(sum, sum).squareRoot()
        return length > 0 ? sum.map { $0 / length } : first
    }

    /// Searches for other wordings beside what the question itself found.
    func expand(
        _ candidates: inout Candidates,
        for request: AnswerRequest,
        vector: [Float]?,
        rewrites: [Rewrite],
        fusion: Fusion,
        in scope: TenantScope,
        reply: inout AnswerReply
    ) async throws(RAGError) {
        if request.retrieval.expansion == .prf {
            try await feedBack(&candidates, for: request, vector: vector, fusion: fusion, in: scope)
        }
        guard !rewrites.isEmpty else { return }
        try request.deadline.check("searching for other wordings")
        let limit = settings.candidates(forTop: request.topK)
        let store = store
        let found: [[Fusion.Ranked]]
        do {
            found = try await mapConcurrently(rewrites, width: settings.expansion.width) { rewrite in
                let search = SearchRequest(
                    vector: rewrite.vector,
                    text: rewrite.words,
                    filter: request.filter,
                    limit: limit,
                    deadline: request.deadline
                )
                return fusion.rank(try await store.search(search, in: scope))
            }
        } catch {
            let failure = RAGError.wrapping(error)
            if failure.code == .cancelled || Task.isCancelled { throw RAGError(.cancelled, "the caller went away", cause: error) }
            logger.warning("other wordings of a question were not searched for", metadata: ["cause": "\(failure)"])
            return reply.degrade("expand")
        }
        candidates.merge(found, weight: settings.expansion.weight)
    }

    /// Searches once more with words of the best passages beside the question's.
    private func feedBack(
        _ candidates: inout Candidates,
        for request: AnswerRequest,
        vector: [Float]?,
        fusion: Fusion,
        in scope: TenantScope
    ) async throws(RAGError) {
        let feedback = settings.expansion.feedback
        guard request.mode != .dense, !candidates.ranked.isEmpty else { return }
        try request.deadline.check("reading passages for feedback")
        let best = candidates.ranked.prefix(feedback.read)
        let scores = Dictionary(best.map { ($0.hit.chunk, $0.score) }) { first, _ in first }
        let texts = try await store.passages(best.map(\.hit.chunk), in: scope).map { ($0.text, scores[$0.chunk] ?? 0) }
        candidates.words = feedback.words(beside: request.query, from: texts)
        guard !candidates.words.isEmpty else { return }
        try request.deadline.check("searching with feedback")
        let search = SearchRequest(
            vector: vector,
            text: request.query + " " + candidates.words.joined(separator: " "),
            filter: request.filter,
            limit: settings.candidates(forTop: request.topK),
            deadline: request.deadline
        )
        candidates.blend(fusion.rank(try await store.search(search, in: scope)), weight: feedback.weight)
    }
}
