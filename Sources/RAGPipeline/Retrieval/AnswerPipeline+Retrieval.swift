// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension AnswerPipeline {
    /// Searches for one question while documents that it finds are being replaced.
    private static let mostSearches = 3

    /// The passages that were read for one question, and what happened to them.
    private struct Reading {
        var passages: [Passage] = []
        var dropped: [NearDuplicates.Dropped] = []
        var parts: [ChunkReference: ScoreAdjustment.Parts] = [:]
        /// The scores of the searches alone, where something was added to them.
        var fused: [ChunkReference: Float] = [:]
        /// A document was replaced or withdrawn between the search and the reading.
        var isMissingSome = false
    }

    /// Searches, fuses, and reads the best passages into `reply`.
    func retrieve(
        _ request: AnswerRequest,
        vector: [Float]?,
        rewrites: [Rewrite],
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
        let fusion = request.retrieval.fusion(over: settings.fusion)
        let clock = ContinuousClock()
        var steps = StageTimings()
        var candidates: Candidates
        var reading: Reading
        var searches = 0
        // A document that is replaced between the search and the reading is missing, though it is there all the time: search again.
        repeat {
            var moment = clock.now
            func mark(_ step: String) {
                guard request.retrieval.isExplained else { return }
                steps.add(step, moment.duration(to: clock.now))
                moment = clock.now
            }
            let response = try await store.search(search, in: scope)
            mark("search")
            candidates = Candidates(response: response, ranked: fusion.rank(response))
            mark("fuse")
            if request.retrieval.expansion != .none {
                try await expand(
                    &candidates,
                    for: request,
                    vector: vector,
                    rewrites: rewrites,
                    fusion: fusion,
                    in: scope,
                    reply: &reply
                )
                mark("expand")
            }
            try request.deadline.check("reading passages")
            reading = try await read(candidates.ranked, for: request, in: scope)
            mark("read")
            searches += 1
        } while reading.isMissingSome && searches < Self.mostSearches
        for word in candidates.response.degraded { reply.degrade(word) }
        reply.passages = reading.passages
        for dropped in reading.dropped where dropped.passage.source.chunk.document != dropped.shown.source.chunk.document {
            let others = reply.notes.duplicates[dropped.shown.source.chunk, default: []]
            guard !others.contains(dropped.passage.source.chunk.document) else { continue }
            reply.notes.duplicates[dropped.shown.source.chunk] = others + [dropped.passage.source.chunk.document]
        }
        if request.retrieval.isExplained {
            reply.notes.explanation = explanation(of: request, candidates, reading, fusion, rewrites, steps)
        }
        return candidates.response
    }

    /// The best passages, read and in order; where some repeat others, more are read to take their places.
    private func read(
        _ ranked: [Fusion.Ranked],
        for request: AnswerRequest,
        in scope: TenantScope
    ) async throws(RAGError) -> Reading {
        let depth = depth(of: request)
        let adjustment = ScoreAdjustment(
            question: request.query,
            boosts: request.retrieval.boosts,
            recency: request.retrieval.recency
        )
        var order = CandidateOrder(ranked, grouped: request.groupByDocument)
        var reading = Reading()
        var passages: [Passage] = []
        var left = 2 * depth + 10
        var wanted = depth
        while wanted > 0 {
            let portion = order.next(wanted)
            guard !portion.isEmpty else { break }
            let texts = try await store.passages(portion.map(\.hit.chunk), in: scope)
            reading.isMissingSome = reading.isMissingSome || texts.count < portion.count
            Self.append(texts, of: portion, to: &passages)
            reading.passages = passages
            if let adjustment { adjust(adjustment, &reading) }
            guard request.retrieval.collapsesDuplicates ?? request.generate else { break }
            (reading.passages, reading.dropped) = NearDuplicates.collapse(reading.passages)
            wanted = reading.dropped.isEmpty ? 0 : min(depth - reading.passages.count, left)
            left -= wanted
        }
        for index in reading.passages.indices { reading.passages[index].rank = index + 1 }
        return reading
    }

    private static func append(_ texts: [PassageText], of portion: [Fusion.Ranked], to passages: inout [Passage]) {
        passages.reserveCapacity(passages.count + texts.count)
        // Both lists are in the same order; what was withdrawn in between is missing from `texts`.
        var next = portion.startIndex
        for text in texts {
            while next < portion.endIndex, portion[next].hit.chunk != text.chunk { next += 1 }
            guard next < portion.endIndex else { break }
            let scores = PassageScores(dense: portion[next].hit.dense, lexical: portion[next].hit.lexical, fused: portion[next].score)
            passages.append(Passage(rank: passages.count + 1, source: text, scores: scores))
            next += 1
        }
    }

    private func adjust(_ adjustment: ScoreAdjustment, _ reading: inout Reading) {
        for passage in reading.passages { reading.fused[passage.source.chunk] = passage.scores.fused }
        let adjusted = adjustment.apply(to: reading.passages)
        for entry in adjusted { reading.parts[entry.passage.source.chunk] = entry.parts }
        reading.passages = adjusted.map(\.passage)
    }

    /// Puts the passages of `reply` into the order that makes them differ from each other, where that is asked for, and keeps `topK`.
    func diversify(_ request: AnswerRequest, reply: inout AnswerReply) async {
        guard let share = request.retrieval.relevanceShare else {
            return reply.passages.removeSubrange(min(request.topK, reply.passages.count)...)
        }
        let start = ContinuousClock.now
        let chosen = await Diversity(relevanceShare: share).choose(request.topK, from: reply.passages)
        reply.passages = chosen.enumerated().map { place, entry in
            var passage = entry.passage
            passage.rank = place + 1
            return passage
        }
        for entry in chosen { reply.notes.explanation?.passages[entry.passage.source.chunk]?.similarity = entry.similarity }
        reply.notes.explanation?.steps.add("mmr", start.duration(to: .now))
    }

    private func explanation(
        of request: AnswerRequest,
        _ candidates: Candidates,
        _ reading: Reading,
        _ fusion: Fusion,
        _ rewrites: [Rewrite],
        _ steps: StageTimings
    ) -> RetrievalExplanation {
        let (hits, options) = (candidates.response.hits, request.retrieval)
        var weighing = fusion.weighing(of: hits, isRequested: options.fusion?.denseWeight != nil)
        weighing.lexicalCeiling = candidates.response.lexicalCeiling
        var explanation = RetrievalExplanation(mode: request.mode, fusion: weighing, expansion: options.expansion)
        explanation.denseCandidates = hits.count { $0.dense != nil }
        explanation.lexicalCandidates = hits.count { ($0.lexical ?? 0) > 0 }
        explanation.expansions = rewrites.map(\.text) + candidates.words
        explanation.recency = options.recency
        explanation.datedPassages = reading.parts.values.count { $0.recency != nil }
        explanation.relevanceShare = options.relevanceShare
        explanation.boosts = options.boosts == FieldBoosts() ? nil : options.boosts
        explanation.collapsed = reading.dropped.map { dropped in
            RetrievalExplanation.Collapsed(chunk: dropped.passage.source.chunk, shown: dropped.shown.source.chunk)
        }
        explanation.steps = steps
        let shares = fusion.shares(of: hits, ceiling: candidates.response.lexicalCeiling)
        let places = Dictionary(hits.indices.map { (hits[$0].chunk, $0) }) { first, _ in first }
        for passage in reading.passages {
            let chunk = passage.source.chunk
            var parts = PassageExplanation(fused: reading.fused[chunk] ?? passage.scores.fused)
            if let place = places[chunk] {
                if hits[place].dense != nil { parts.dense = shares[place].dense }
                if hits[place].lexical != nil { parts.lexical = shares[place].lexical }
            }
            parts.expansion = candidates.expanded[chunk]
            if let adjusted = reading.parts[chunk] {
                (parts.title, parts.heading, parts.recency) = (adjusted.title, adjusted.heading, adjusted.recency)
                parts.adjusted = adjusted.score
            }
            explanation.passages[chunk] = parts
        }
        return explanation
    }
}
