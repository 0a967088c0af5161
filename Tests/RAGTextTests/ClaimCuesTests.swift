// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import RAGText

struct ClaimCuesTests {
    @Test(
        arguments: [
            ("It has 1,000 users and 1,234,567 visits", ["1000", "1234567"]),
            ("Version 3.11 needs 5km, not 10,50", ["3.11", "5", "10", "50"]),
            ("x86 and GPT-4 in 2024.", ["4", "2024"]),
            ("٣ and ４２", ["3", "42"]),
            ("No numbers", []),
        ] as [(String, Set<String>)]
    )
    func findsNumbers(text: String, expected: Set<String>) {
        #expect(ClaimCues(of: text).numbers == expected)
    }

    @Test func keepsPercentagesApart() {
        let cues = ClaimCues(of: "50% of 20 and 3 percent, 4 per cent, 5 %")
        #expect(cues.percentages == ["50", "3", "4", "5"])
        #expect(cues.numbers == ["50", "20", "3", "4", "5"])
    }

    @Test func aNumberInWordsCountsAsTheSource() {
        let source = ClaimCues(of: "The committee has twelve members.")
        #expect(ClaimCues(of: "It has 12 members.").numbersMissing(in: source).isEmpty)
        #expect(ClaimCues(of: "It has 13 members.").numbersMissing(in: source) == ["13"])
    }

    @Test(arguments: [
        ("It does not work", true), ("It doesn't work", true), ("It doesn’t work", true), ("Nobody knows", true),
        ("It cannot work", true), ("He fails to see", true), ("It lacks tests", true), ("Neither works", true), ("Without it", true),
        ("It works", false), ("Not only fast", false), ("There is no doubt", false), ("It failed", false), ("A notable knot", false),
    ])
    func findsNegations(text: String, expected: Bool) {
        #expect(ClaimCues(of: text).negated == expected)
    }

    @Test func readsAnyText() {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let text = random.mutatedText()
            let cues = ClaimCues(of: text)
            #expect(cues.percentages.isSubset(of: cues.numbers), "\(random.note): \(text.debugDescription)")
            #expect(cues.numbersMissing(in: cues).isEmpty, "\(random.note)")
        }
    }
}
