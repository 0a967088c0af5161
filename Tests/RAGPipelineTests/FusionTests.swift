// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Testing

@Suite("Fusion") struct FusionTests {
    private func hit(_ id: String, _ dense: Float?, _ lexical: Float?, ordinal: Int = 0) throws -> Hit {
        Hit(chunk: ChunkReference(document: try DocumentID(id), revision: 1, ordinal: ordinal), dense: dense, lexical: lexical)
    }

    private func order(_ ranked: [Fusion.Ranked]) -> [String] { ranked.map(\.hit.chunk.document.rawValue) }

    @Test func minMaxScalesBothScoresOverTheCandidates() throws {
        let hits = [try hit("a", 0.9, 0), try hit("b", 0.5, 10), try hit("c", 0.1, 5)]
        let ranked = Fusion(method: .minMax, denseWeight: 0.5).rank(hits)
        #expect(order(ranked) == ["b", "a", "c"])
        #expect(ranked.map { ($0.score * 1000).rounded() } == [750, 500, 250])
    }

    @Test(arguments: [(1, "abc"), (0, "bca"), (7, "abc"), (-1, "bca")] as [(Float, String)])
    func theWeightDecidesBetweenTheSearches(weight: Float, expected: String) throws {
        let hits = [try hit("a", 0.9, 0), try hit("b", 0.5, 10), try hit("c", 0.1, 5)]
        #expect(order(Fusion(method: .minMax, denseWeight: weight).rank(hits)).joined() == expected)
    }

    @Test func oneSearchAloneDecidesWhereTheOtherDidNotRun() throws {
        let dense = [try hit("a", 0.2, nil), try hit("b", 0.8, nil)]
        #expect(Fusion(method: .minMax, denseWeight: 0.1).rank(dense).map(\.score) == [1, 0])
        let lexical = [try hit("a", nil, 3), try hit("b", nil, 9)]
        #expect(order(Fusion(method: .minMax, denseWeight: 0.9).rank(lexical)) == ["b", "a"])
    }

    @Test func aSingleHitScoresOneAndEqualHitsTheSame() throws {
        #expect(Fusion(method: .minMax, denseWeight: 0.5).rank([try hit("a", 0.3, 4)]).map(\.score) == [1])
        #expect(Fusion(method: .minMax, denseWeight: 0.5).rank([try hit("a", 0.3, 0)]).map(\.score) == [0.5])
        #expect(Fusion(method: .minMax, denseWeight: 0.5).rank([try hit("b", 0.3, 4), try hit("a", 0.3, 4)]).map(\.score) == [1, 1])
        #expect(Fusion(method: .minMax, denseWeight: 0.5).rank([]).isEmpty)
    }

    @Test func tiesAreOrderedByDocumentAndChunk() throws {
        let hits = [try hit("b", 0.3, 4), try hit("a", 0.3, 4, ordinal: 2), try hit("a", 0.3, 4, ordinal: 1)]
        let expected = Fusion(method: .minMax, denseWeight: 0.5).rank(hits).map(\.hit.chunk)
        #expect(expected.map(\.ordinal) == [1, 2, 0])
        for method in [Fusion.Method.absolute, .minMax, .reciprocalRank(k: 60)] {
            let fusion = Fusion(method: method)
            let ranked = fusion.rank(hits).map(\.hit.chunk)
            #expect(fusion.rank(hits.reversed()).map(\.hit.chunk) == ranked)
        }
    }

    @Test func absoluteScoresDoNotDependOnTheOtherCandidates() throws {
        let (a, b, c) = (try hit("a", 0.5, 3), try hit("b", 0.3, 6), try hit("c", -0.2, 0))
        let fusion = Fusion(method: .absolute, denseWeight: 0.5)
        // 0.5 × 0.5 + 0.5 × 3/12 = 0.375; 0.5 × 0.3 + 0.5 × 6/12 = 0.4; 0. Shown from 0 to 1.
        let ranked = fusion.rank([a, b, c], ceiling: 12)
        #expect(order(ranked) == ["b", "a", "c"])
        #expect(ranked.map { ($0.score * 10_000).rounded() } == [10_000, 9_375, 0])
        #expect(order(fusion.rank([b, a], ceiling: 12)) == ["b", "a"])
        #expect(fusion.shares(of: [a, b, c], ceiling: 12).map(\.lexical) == [0.25, 0.5, 0])
        #expect(fusion.shares(of: [a, b, c], ceiling: 12).map(\.dense) == [0.5, 0.3, 0])
    }

    @Test func theLowerTheCeilingIsReachedTheMoreTheVectorsDecide() throws {
        let hits = [try hit("vector", 0.6, 2), try hit("words", 0.4, 4)]
        #expect(order(Fusion(method: .absolute).rank(hits, ceiling: 40)) == ["vector", "words"])
        #expect(order(Fusion(method: .absolute).rank(hits, ceiling: 5)) == ["words", "vector"])
        #expect(order(Fusion(method: .absolute).rank(hits)) == ["words", "vector"], "an unknown ceiling is the best score")
    }

    @Test func reciprocalRanksLookAtTheOrderAlone() throws {
        let hits = [try hit("a", 0.9, 1), try hit("b", 0.89, 100), try hit("c", 0.1, 0)]
        let ranked = Fusion(method: .reciprocalRank(k: 60)).rank(hits)
        #expect(order(ranked).last == "c")
        #expect(ranked[0].score == ranked[1].score)
        #expect(ranked[0].score < 1)
        let best = Fusion(method: .reciprocalRank(k: 60)).rank([try hit("a", 0.9, 5), try hit("b", 0.1, 1)])
        #expect(best.first?.score == 1)
    }

    @Test func scoresThatAreNotNumbersRankLastAndDoNotSpread() throws {
        for method in [Fusion.Method.absolute, .minMax, .reciprocalRank(k: 60)] {
            let ranked = Fusion(method: method).rank([
                try hit("a", .nan, .infinity), try hit("b", 0.5, 2), try hit("c", 0.4, 1), try hit("d", 0.3, 0),
            ])
            #expect(order(ranked).prefix(2) == ["b", "c"])
            #expect(ranked.allSatisfy { $0.score.isFinite })
        }
    }
}
