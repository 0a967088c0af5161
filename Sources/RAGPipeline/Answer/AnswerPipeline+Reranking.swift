// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore

extension AnswerPipeline {
    /// Whether the passages of this request are to be reranked.
    func isReranked(_ request: AnswerRequest) -> Bool { request.rerank ?? settings.reranking.isOn }

    /// How many passages are read: those of the reply, or as many as the reranker judges or another order chooses from where that is more.
    func depth(of request: AnswerRequest) -> Int {
        var depth = request.topK
        if reranker != nil && isReranked(request) { depth = max(depth, settings.reranking.candidates) }
        if request.retrieval.isReordering { depth = max(depth, 3 * request.topK, 15) }
        return depth
    }

    /// Puts the passages of `reply`, which are in fused order, into the order that the reranker gives them.
    ///
    /// Where nothing is judged the fused order stays and `degraded` names `rerank`; where only a part is, `rerank_partial`.
    /// - Throws: `cancelled`; every other failure of the reranker leaves the fused order.
    func rerank(_ request: AnswerRequest, reply: inout AnswerReply) async throws(RAGError) {
        guard isReranked(request) else { return }
        guard let reranker else { return reply.degrade("rerank") }
        guard !reply.passages.isEmpty else { return }
        let candidates = reply.passages.prefix(settings.reranking.candidates)
        let scores = try await judge(candidates, with: reranker, request)
        let judged = scores.count { $0 != nil }
        guard judged > 0 else { return reply.degrade("rerank") }
        if judged < candidates.count { reply.degrade("rerank_partial") }
        // What was never to be judged is no candidate: it stays behind them.
        let rest = [Float?](repeating: nil, count: reply.passages.count - candidates.count)
        reply.passages = RerankBlend(weight: settings.reranking.weight).rank(reply.passages, judged: scores + rest)
    }

    /// A finite score or nil per candidate; all nil where the reranker fails.
    private func judge(
        _ candidates: ArraySlice<Passage>,
        with reranker: any Reranker,
        _ request: AnswerRequest
    ) async throws(RAGError) -> [Float?] {
        let reranking = settings.reranking
        let share = request.deadline.remaining * reranking.shareOfDeadline
        do throws(RAGError) {
            let scores = try await reranker.rerank(
                request.query.beginning(bytes: reranking.textBytes),
                passages: candidates.map { $0.source.judgedText.beginning(bytes: reranking.textBytes) },
                deadline: min(request.deadline, .after(min(reranking.limit, share)))
            )
            guard scores.count == candidates.count else {
                throw RAGError(.unavailable, "the reranker gave \(scores.count) scores for \(candidates.count) passages")
            }
            if scores.contains(where: { $0?.isFinite == false }) {
                logger.warning("a reranker's score is not a number", metadata: ["model": "\(reranker.model)"])
            }
            return scores.map { $0.flatMap { $0.isFinite ? $0 : nil } }
        } catch {
            if error.code == .cancelled || Task.isCancelled { throw RAGError(.cancelled, "the caller went away", cause: error) }
            logger.warning("a query goes on without its reranker", metadata: ["model": "\(reranker.model)", "cause": "\(error)"])
            return [Float?](repeating: nil, count: candidates.count)
        }
    }
}

extension PassageText {
    /// What a reranker judges: the same text that the embedding model and the lexical index saw.
    var judgedText: String {
        Chunk(ordinal: chunk.ordinal, range: range, headingPath: headingPath).indexedText(title: title, body: text)
    }
}
