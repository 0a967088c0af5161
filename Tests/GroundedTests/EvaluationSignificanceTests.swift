// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import grounded

@Suite("Whether a difference is more than chance") struct EvaluationSignificanceTests {
    /// Case `number` as `benchmarks/significance.py` makes it.
    private static func pair(_ number: Int) -> (first: [Double], second: [Double]) {
        var generator = SplitMix64(state: UInt64(number))
        func unit() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        let count = 5 + Int(generator.next() % (number % 5 == 0 ? 10 : 120))
        var (first, second): ([Double], [Double]) = ([], [])
        for _ in 0..<count {
            let (u, v, w) = (unit(), unit(), unit())
            switch number % 4 {
            case 0: (first, second) = (first + [u], second + [v])
            case 1: (first, second) = (first + [(u * 5).rounded(.down) / 4], second + [(v * 5).rounded(.down) / 4])
            case 2: (first, second) = (first + [u], second + [w < 0.7 ? u : v])
            default: (first, second) = (first + [u], second + [u + (v - 0.45) * 0.25])
            }
        }
        return (first, second)
    }

    @Test func theTestsAgreeWithSciPyOnAHundredRandomCases() {
        #expect(SignificanceCases.expected.count == 100)
        for (number, expected) in SignificanceCases.expected.enumerated() {
            let (first, second) = Self.pair(number)
            let compared = PairedComparison(first, second)
            #expect(abs(compared.tTest - expected[0]) < 1e-9, "t-test of case \(number)")
            #expect(abs(compared.signedRank - expected[1]) < 1e-9, "Wilcoxon of case \(number)")
            if expected[2] >= 0 { #expect(abs(compared.pValue - expected[2]) < 1e-9, "exact randomisation of case \(number)") }
        }
    }

    @Test func randomAssignmentsComeNearTheTTest() {
        for number in 0..<100 where SignificanceCases.expected[number][2] < 0 && number % 4 != 1 {
            let (first, second) = Self.pair(number)
            let compared = PairedComparison(first, second)
            // Both ask about the mean; over many pairs they say nearly the same.
            #expect(abs(compared.pValue - compared.tTest) < 0.06, "case \(number)")
        }
    }

    @Test func fewPairsAreTriedExactly() {
        // Of the eight assignments of signs, two have a sum this large.
        #expect(RandomisationTest.pValue([1, 2, 3]) == 0.25)
        #expect(RandomisationTest.pValue([1, -1, 0]) == 1)
        #expect(RandomisationTest.pValue([]) == 1)
        #expect(RandomisationTest.pValue([0, 0]) == 1)
        #expect(RandomisationTest.pValue(Array(repeating: 0.1, count: 10)) == 2.0 / 1024)
    }

    @Test func theResultIsTheSameEveryTime() {
        let values = (0..<60).map { Double($0 % 7) / 7 - 0.3 }
        #expect(RandomisationTest.pValue(values) == RandomisationTest.pValue(values))
        #expect(RandomisationTest.pValue(values) == RandomisationTest.pValue(values.map { -$0 }))
    }

    @Test func nothingAndOneSidedThingsHaveTheirValues() {
        #expect(PairedTTest.pValue([0, 0, 0]) == 1)
        #expect(PairedTTest.pValue([1]) == 1)
        #expect(PairedTTest.pValue([0.5, 0.5, 0.5]) == 0)
        #expect(SignedRankTest.pValue([]) == 1)
        #expect(PairedTTest.regularisedBeta(0, 2, 3) == 0)
        #expect(PairedTTest.regularisedBeta(1, 2, 3) == 1)
        // I_0.5(2, 2) is one half by symmetry.
        #expect(abs(PairedTTest.regularisedBeta(0.5, 2, 2) - 0.5) < 1e-12)
    }

    @Test func winsLossesAndTheVerdictAreCounted() {
        let compared = PairedComparison([0, 0, 1, 0.5], [1, 0, 0, 1])
        #expect(compared.wins == 2 && compared.losses == 1)
        #expect(compared.difference.mean == 0.125)
        #expect(!compared.isSignificant)
        #expect(PairedComparison(Array(repeating: 0.2, count: 50), Array(repeating: 0.3, count: 50)).isSignificant)
    }
}
