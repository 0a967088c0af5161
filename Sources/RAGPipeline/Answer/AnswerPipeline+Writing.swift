// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import Metrics
import RAGCore

extension AnswerPipeline {
    /// Writes the answer into `reply`: generated where there is a language model and it works, extractive otherwise.
    func write(
        _ request: AnswerRequest,
        vector: [Float]?,
        in scope: TenantScope,
        reply: inout AnswerReply,
        onEvent: EventHandler?
    ) async throws(RAGError) {
        let vectors = SentenceVectors(
            embedder: embedder,
            limit: settings.sentenceEmbeddingLimit,
            deadline: request.deadline
        )
        let isWritten = try await generate(request, vectors: vectors, in: scope, reply: &reply, onEvent: onEvent)
        if !isWritten { try await extract(request, vector: vector, vectors: vectors, reply: &reply, onEvent: onEvent) }
        if vectors.hasFailed { reply.degrade("vector") }
    }

    /// Returns false if there is no language model or it failed before its first text.
    private func generate(
        _ request: AnswerRequest,
        vectors: SentenceVectors,
        in scope: TenantScope,
        reply: inout AnswerReply,
        onEvent: EventHandler?
    ) async throws(RAGError) -> Bool {
        guard let generator else { return false }
        let surroundings = try await surroundings(of: reply.passages, in: scope)
        let (prompt, included, widened) = PromptAssembly(budget: settings.promptBudget)
            .prompt(question: request.query, passages: reply.passages, surroundings: surroundings)
        let check = CitationCheck(
            passages: reply.passages.prefix(included),
            surroundings: surroundings.filter { widened.contains($0.key) },
            vectors: vectors,
            settings: settings.support
        )
        let answer = GeneratedAnswer(
            check: check,
            minimumClauseWords: settings.support.minimumClauseWords,
            onEvent: onEvent
        )
        let options = GenerationOptions(maximumTokens: settings.maximumAnswerTokens, deadline: request.deadline)
        do {
            try await generator.generate(prompt, options: options) { try await answer.receive($0) }
            try await answer.finish()
        } catch {
            try judge(error, after: answer.progress, request)
            reply.degrade("llm")
            return false
        }
        let progress = answer.progress
        guard !progress.text.isEmpty else {
            logger.warning("the language model answered with nothing", metadata: ["model": "\(generator.model)"])
            reply.degrade("llm")
            return false
        }
        record(progress, model: generator.model, in: &reply)
        if included < reply.passages.count { reply.degrade("context_cut") }
        return true
    }

    /// What stands around the passages in their sections, by rank.
    private func surroundings(of passages: [Passage], in scope: TenantScope) async throws(RAGError) -> [Int: Surroundings] {
        let references = Surroundings.references(around: passages, reach: settings.contextNeighbours)
        guard !references.isEmpty else { return [:] }
        let texts = try await store.passages(references, in: scope)
        return Surroundings.assigned(texts, to: passages, reach: settings.contextNeighbours)
    }

    /// Throws where a failure of the language model ends the request; returns where the answer can still be extractive.
    private func judge(
        _ error: any Error,
        after progress: GeneratedAnswer.Progress,
        _ request: AnswerRequest
    ) throws(RAGError) {
        let failure = RAGError.wrapping(error, "the language model failed")
        if progress.consumerIsGone || failure.code == .cancelled || Task.isCancelled {
            throw RAGError(.cancelled, "the caller went away", cause: error)
        }
        guard progress.text.isEmpty else {
            let partial = PartialAnswer(text: progress.text, citations: progress.citations, cause: failure)
            throw RAGError(
                failure.code == .deadlineExceeded ? .deadlineExceeded : .unavailable,
                "the language model broke off in the middle of its answer",
                retryAfter: failure.retryAfter,
                cause: partial
            )
        }
        if request.deadline.hasPassed { throw failure }
        logger.warning("the language model failed; the answer is extractive", metadata: ["cause": "\(failure)"])
    }

    private func record(_ progress: GeneratedAnswer.Progress, model: String, in reply: inout AnswerReply) {
        reply.answer = progress.text
        reply.citations = progress.citations
        reply.model = model
        markersKept.increment(by: progress.markersKept)
        markersRemoved.increment(by: progress.markersRemoved)
        if progress.markersRemoved > 0 { reply.degrade("citations_removed") }
        if progress.hasNumberMismatch { reply.degrade("claim_number_mismatch") }
        if progress.hasNegationMismatch { reply.degrade("claim_negation_mismatch") }
        if progress.citations.isEmpty { reply.degrade("uncited") }
        if progress.finishReason == "length" { reply.degrade("answer_cut") }
    }

    private func extract(
        _ request: AnswerRequest,
        vector: [Float]?,
        vectors: SentenceVectors,
        reply: inout AnswerReply,
        onEvent: EventHandler?
    ) async throws(RAGError) {
        let answer = try await ExtractiveAnswer.choose(
            for: request.query,
            queryVector: vector,
            from: reply.passages,
            vectors: vectors,
            settings: settings.extraction
        )
        guard !answer.parts.isEmpty else {
            reply.reason = AnswerReply.nothingRelevant
            return
        }
        reply.answer = answer.text
        reply.citations = answer.parts.map(\.citation)
        reply.model = "extractive"
        guard let onEvent else { return }
        for (index, part) in answer.parts.enumerated() {
            let text = (index == 0 ? "" : " ") + "\(part.text) [\(part.citation.marker)]"
            try await Self.send(.token(text), to: onEvent)
            try await Self.send(.citation(part.citation), to: onEvent)
        }
    }
}
