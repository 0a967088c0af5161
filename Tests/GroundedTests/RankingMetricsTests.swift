// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import grounded

@Suite("Ranking metrics") struct RankingMetricsTests {
    @Test func gainIsDiscountedByTheLogarithmOfTheRank() {
        let relevance = ["a": 1, "b": 1, "c": 0]
        #expect(abs(RankingMetrics.nDCG(["a", "b"], relevance) - 1) < 1e-12)
        // (1 / log2 3 + 1 / log2 4) / (1 + 1 / log2 3), by hand.
        #expect(abs(RankingMetrics.nDCG(["x", "a", "b"], relevance) - 0.693_426_402) < 1e-6)
        #expect(RankingMetrics.nDCG(["c", "x"], relevance) == 0)
        #expect(RankingMetrics.nDCG([], relevance) == 0)
        #expect(RankingMetrics.nDCG(["a"], [:]) == 0)
    }

    @Test func gradesCountAsTheyAre() {
        let relevance = ["a": 2, "b": 1]
        // (1 + 2 / log2 3) / (2 + 1 / log2 3)
        #expect(abs(RankingMetrics.nDCG(["b", "a"], relevance) - 0.859_718_700) < 1e-6)
    }

    @Test func onlyTheFirstPlacesCount() {
        let ranking = (0..<10).map { "x\($0)" } + ["a"]
        #expect(RankingMetrics.nDCG(ranking, ["a": 1]) == 0)
        #expect(RankingMetrics.reciprocalRank(ranking, ["a": 1]) == 0)
        #expect(RankingMetrics.recall(ranking, ["a": 1, "b": 1]) == 0.5)
        #expect(RankingMetrics.reciprocalRank(["x", "a"], ["a": 1]) == 0.5)
    }

    @Test func theIntervalHoldsTheMeanAndIsRepeatable() {
        let values = (0..<200).map { $0 % 4 == 0 ? 1.0 : 0.0 }
        let first = BootstrappedMean(values)
        let second = BootstrappedMean(values)
        #expect(first.mean == 0.25)
        #expect(first.lower < 0.25 && first.upper > 0.25)
        // The normal approximation of a share of 0.25 over 200 values: ± 0.06.
        #expect(abs(first.lower - 0.19) < 0.02 && abs(first.upper - 0.31) < 0.02)
        #expect(first.lower == second.lower && first.upper == second.upper)
        #expect(BootstrappedMean([]).mean == 0)
    }
}
