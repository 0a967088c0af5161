// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import RAGText

struct TermExtractorTests {
    private let extractor = TermExtractor()

    private func terms(_ text: String) -> [UInt64] { extractor.terms(of: text) }

    /// The documented hash, written down a second time.
    private func hash(_ token: String) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in token.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        state = (state ^ (state >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return state ^ (state >> 33)
    }

    @Test(
        arguments: [
            ("How does a retry work?", ["retri", "work"]),
            ("what is it", ["what", "is", "it"]),
            ("TGF-β in the cell", ["tgf", "cell"]),
            ("Wie is der Täter in a", ["wie", "is", "der", "tater", "in", "a"]),
            ("", []),
        ]
    )
    func aQuestionIsSearchedForWithItsContent(question: String, expected: [String]) {
        #expect(extractor.questionTerms(of: question) == expected.map(hash))
    }

    @Test(
        arguments: [
            ("", []),
            (" \n\t .,;-", []),
            ("The quick brown foxes", ["the", "quick", "brown", "fox"]),
            ("running RUNS", ["run", "run"]),
            ("fo_o-bar/baz", ["fo", "o", "bar", "baz"]),
            ("The dog's bone, the dogs' bones", ["the", "dog", "bone", "the", "dog", "bone"]),
            ("don’t isn't O'Neill", ["dont", "isnt", "oneil"]),
            ("it's 'so'", ["it", "so"]),
            ("gpt4 v3.11 1,000", ["gpt4", "v3", "11", "1", "000"]),
            ("camelCase", ["camelcas"]),
            ("Café ŁÓDŹ Straße Ærø ﬁne ｆｕｌｌ", ["cafe", "lodz", "strass", "aero", "fine", "full"]),
            ("Cafe\u{301}", ["cafe"]),
            ("na\u{AD}ive", ["naiv"]),
            ("Приветы мир", ["приветы", "мир"]),
            ("Ёж", ["еж"]),
            ("Ελλάδα ΛΌΓΟΣ", ["ελλαδα", "λογοσ"]),
            ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
            ("한국어 검색", ["한국어", "검색"]),
            ("٣ ४", ["3", "4"]),
            ("東京都", ["東京", "京都"]),
            ("東", ["東"]),
            ("東京タワー", ["東京", "タワ", "ワー"]),
            ("iPhone手机壳x", ["iphon", "手机", "机壳", "x"]),
            ("ｶﾀ", ["カタ"]),
            ("ที่นี่", ["ที่นี่"]),
            ("ภาษา", ["ภา", "าษ", "ษา"]),
        ] as [(String, [String])]
    )
    func normalisesTokens(text: String, expected: [String]) {
        #expect(terms(text) == expected.map(hash), "\(text)")
    }

    @Test func dropsArabicVowelPointsButDoesNotDivideTheWord() {
        #expect(terms("كَتَبَ") == terms("كتب"))
        #expect(terms("كتاب").count == 1)
    }

    @Test func composedAndDecomposedSpellingsMeet() {
        #expect(terms("й ї") == terms("и\u{306} і\u{308}"))
        #expect(terms("각") == terms("\u{1100}\u{1161}\u{11A8}"))
        #expect(terms("Ω") == terms("\u{2126}"))
    }

    @Test func theHashIsTheDocumentedOne() {
        // Fixed values: a change here would make every stored index stale.
        #expect(TermHash.adding(UInt8(ascii: "a"), to: TermHash.basis) == 0xAF63_DC4C_8601_EC8C)
        #expect(terms("rag") == [hash("rag")])
        #expect(Set(terms("aa ab ba bb a1")).count == 5)
    }

    @Test func aTokenKeepsSixtyFourBytes() {
        let long = String(repeating: "q", count: 64)
        #expect(terms(long + "zzz9") == terms(long + "yyy"))
        #expect(terms(String(repeating: "q", count: 63)) != terms(long))
        #expect(terms(String(repeating: "й", count: 100)) == [hash(String(repeating: "й", count: 32))])
        #expect(terms("a" + String(repeating: "й", count: 100)) == [hash("a" + String(repeating: "й", count: 31))])
    }

    @Test func theMemoryOfStemsChangesNothing() {
        let words = (0..<3_000).map { "word\(["ing", "ed", "s", "ation"][$0 % 4]) term\(String($0, radix: 26).filter(\.isLetter))s" }
        let expected = words.flatMap(terms)
        #expect(terms(words.joined(separator: " ")) == expected)
    }

    @Test func contentTermsLeaveOutStopWordsAndSingleCharacters() {
        #expect(extractor.contentTerms(of: "What is the capital of France? A b 7 don't") == terms("capital France"))
        #expect(extractor.contentTerms(of: "東") == terms("東"))
    }

    @Test func joiningTextsJoinsTheirTerms() {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let (a, b) = (random.text(), random.text())
            #expect(terms(a + "\n" + b) == terms(a) + terms(b), "\(random.note): \(a.debugDescription) \(b.debugDescription)")
        }
    }

    @Test func anyTextGivesTheSameTermsTwiceAndContentTermsAreAmongThem() {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let text = random.mutatedText()
            let all = terms(text)
            #expect(all == terms(text), "\(random.note)")
            #expect(Set(all).isSuperset(of: extractor.contentTerms(of: text)), "\(random.note): \(text.debugDescription)")
            #expect(all.count <= text.unicodeScalars.count, "\(random.note)")
        }
    }
}
