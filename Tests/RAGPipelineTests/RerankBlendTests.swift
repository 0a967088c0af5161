// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Blending a reranker's scores") struct RerankBlendTests {
    /// Passages named by letters, with these fused scores.
    private func passages(_ fused: Float...) throws -> [Passage] {
        try fused.enumerated().map { index, score in
            let chunk = ChunkReference(document: try DocumentID(String(UnicodeScalar(UInt8(97 + index)))), revision: 1, ordinal: 0)
            let source = PassageText(
                chunk: chunk,
                range: 0..<1,
                headingPath: [],
                text: "x",
                hash: ContentHash(rawValue: "sha256:0"),
                title: nil,
                url: nil,
                metadata: [:]
            )
            return Passage(rank: index + 1, source: source, scores: PassageScores(fused: score))
        }
    }

    private func order(_ passages: [Passage]) -> String { passages.map(\.source.chunk.document.rawValue).joined() }

    @Test func scoresAreScaledAndAddedByWeight() throws {
        let ranked = RerankBlend(weight: 0.25).rank(try passages(1, 0.8, 0.4), judged: [-3, 5, 1])
        #expect(order(ranked) == "bac")
        #expect(ranked.map(\.rank) == [1, 2, 3])
        let expected: [Float] = [0.25 + 0.75 * 0.8, 0.75, 0.25 * 0.5 + 0.75 * 0.4]
        for (passage, score) in zip(ranked, expected) { #expect(abs(passage.scores.fused - score) < 1e-6) }
        #expect(ranked.map(\.scores.rerank) == [5, -3, 1])
    }

    @Test func theWeightDecidesBetweenTheTwoOrders() throws {
        let candidates = try passages(1, 0.7, 0.2)
        #expect(order(RerankBlend(weight: 0).rank(candidates, judged: [1, 2, 3])) == "abc")
        #expect(order(RerankBlend(weight: 1).rank(candidates, judged: [1, 2, 3])) == "cba")
        #expect(RerankBlend(weight: 7).weight == 1)
        #expect(RerankBlend(weight: -1).weight == 0)
    }

    @Test func whatWasNotJudgedStaysBehindInFusedOrder() throws {
        let ranked = RerankBlend(weight: 0.5).rank(try passages(1, 0.9, 0.9, 0.8), judged: [1, 2, nil, nil])
        #expect(order(ranked) == "bacd")
        #expect(ranked.map(\.scores.rerank) == [2, 1, nil, nil])
        #expect(ranked.map(\.scores.fused) == ranked.map(\.scores.fused).sorted(by: >))
    }

    @Test func judgingAllAlikeOrOnlyOneMovesNothing() throws {
        let candidates = try passages(1, 0.6, 0.6, 0.1)
        #expect(order(RerankBlend(weight: 0.9).rank(candidates, judged: [2, 2, 2, 2])) == "abcd")
        #expect(order(RerankBlend(weight: 0.9).rank(candidates, judged: [-7, nil, nil, nil])) == "abcd")
    }

    @Test func withoutAnyScoreNothingChanges() throws {
        let candidates = try passages(1, 0.6, 0.1)
        #expect(RerankBlend(weight: 1).rank(candidates, judged: [nil, nil, nil]) == candidates)
        #expect(RerankBlend(weight: 1).rank(candidates, judged: [3, 4]) == candidates)
        #expect(RerankBlend(weight: 1).rank([], judged: []).isEmpty)
    }

    @Test func scoresThatAreNoNumbersCountAsNotJudged() throws {
        let ranked = RerankBlend(weight: 0.5).rank(try passages(1, 0.9, 0.8), judged: [.nan, 1, -.infinity])
        #expect(order(ranked) == "bac")
        #expect(ranked.map(\.scores.rerank) == [1, nil, nil])
        #expect(ranked.allSatisfy { $0.scores.fused.isFinite })
    }

    @Test func scoresOfTheWholeRangeOfFloatsAreScaled() throws {
        let largest = Float.greatestFiniteMagnitude
        let ranked = RerankBlend(weight: 1).rank(try passages(1, 0.9, 0.8), judged: [-largest, 0, largest])
        #expect(order(ranked) == "cba")
        #expect(ranked.map(\.scores.fused) == [1, 0.5, 0])
    }

    @Test func whateverIsJudgedTheScoresFallAndTheRestKeepsItsOrder() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededGenerator(seed: seed)
        let sample = try passages(1)[0]
        for _ in 0..<500 {
            var candidates: [Passage] = []
            for (index, score) in (0..<26).map({ _ in Float.random(in: 0...1, using: &random) }).sorted(by: >).enumerated() {
                var passage = sample
                passage.source.chunk.ordinal = index
                passage.scores.fused = score
                candidates.append(passage)
            }
            let count = Int.random(in: 1...26, using: &random)
            let scores = (0..<26).map { $0 < count ? Float.random(in: -10...10, using: &random) : nil }
            let ranked = RerankBlend(weight: Float.random(in: 0...1, using: &random)).rank(candidates, judged: scores)
            #expect(ranked.map(\.source.chunk.ordinal).sorted() == Array(0..<26), "seed \(seed)")
            #expect(ranked.map(\.scores.fused) == ranked.map(\.scores.fused).sorted(by: >), "seed \(seed)")
            let rest = ranked.filter { $0.scores.rerank == nil }.map(\.source.chunk.ordinal)
            #expect(rest == rest.sorted(), "seed \(seed)")
        }
    }
}
