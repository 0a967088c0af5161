// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import RAGText

struct SentenceSplitterTests {
    private func sentences(_ text: String) -> [String] {
        let utf8 = Array(text.utf8)
        return SentenceSplitter().sentences(in: text).map { String(decoding: utf8[$0], as: UTF8.self) }
    }

    @Test(
        arguments: [
            ("", []),
            (" \n\n ", []),
            ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
            ("Dr. Smith met Mr. J. R. Jones. They talked.", ["Dr. Smith met Mr. J. R. Jones.", "They talked."]),
            ("See Fig. 3 and No. 5, e.g. Paris. No. We do not.", ["See Fig. 3 and No. 5, e.g. Paris.", "No.", "We do not."]),
            ("Smith et al. (2010) agree. i.e. Yes", ["Smith et al. (2010) agree. i.e. Yes"]),
            ("Use Python 3.11. Or 2.7.", ["Use Python 3.11.", "Or 2.7."]),
            ("He said \"Stop.\" Then he left.", ["He said \"Stop.\"", "Then he left."]),
            ("It works.[3] Next one.", ["It works.[3]", "Next one."]),
            ("“What?” he said. Fine… Good... and so on.", ["“What?” he said.", "Fine…", "Good... and so on."]),
            ("Wrapped\nline. Next\nline.", ["Wrapped\nline.", "Next\nline."]),
            ("No end\n\nNew paragraph", ["No end", "New paragraph"]),
            ("# Title\nText here.\n- one\n  more\n- two. And three.", ["# Title", "Text here.", "- one\n  more", "- two.", "And three."]),
            ("1. First item\n2. Second item", ["1. First item", "2. Second item"]),
            ("| a | b |\n|---|---|\n| 1. X | 2 |", ["| a | b |", "|---|---|", "| 1. X | 2 |"]),
            ("```\nlet x = 1. Y\nend\n```\nAfter.", ["```", "let x = 1. Y", "end", "```", "After."]),
            ("Title\n=====\nBody.", ["Title\n=====", "Body."]),
            ("今日は。明日も！「はい。」終わり", ["今日は。", "明日も！", "「はい。」", "終わり"]),
            ("वह गया। फिर आया।", ["वह गया।", "फिर आया।"]),
            ("ฉันไป  เขามา\nวันนี้ ดี", ["ฉันไป", "เขามา", "วันนี้ ดี"]),
            ("example.com is a.b.c", ["example.com is a.b.c"]),
        ] as [(String, [String])]
    )
    func splits(text: String, expected: [String]) {
        #expect(sentences(text) == expected)
    }

    @Test func anyTextIsCoveredInOrderAndNoCharacterIsDivided() {
        var random = SeededRandom()
        for round in 0..<2_000 {
            let text = round % 2 == 0 ? random.text() : random.mutatedText()
            let borders = Set(offsets(of: text))
            var covered = 0
            let utf8 = Array(text.utf8)
            for range in SentenceSplitter().sentences(in: text) {
                #expect(range.lowerBound >= covered && !range.isEmpty, "\(random.note): \(text.debugDescription)")
                #expect(
                    borders.contains(range.lowerBound) && borders.contains(range.upperBound),
                    "\(random.note): \(text.debugDescription)"
                )
                #expect(isWhite(utf8[covered..<range.lowerBound]), "\(random.note): \(text.debugDescription)")
                let sentence = String(decoding: utf8[range], as: UTF8.self).unicodeScalars
                #expect(sentence.first?.properties.isWhitespace == false, "\(random.note): \(text.debugDescription)")
                #expect(sentence.last?.properties.isWhitespace == false, "\(random.note): \(text.debugDescription)")
                covered = range.upperBound
            }
            #expect(isWhite(utf8[covered...]), "\(random.note): \(text.debugDescription)")
        }
    }

    private func offsets(of text: String) -> [Int] {
        var offset = 0
        var offsets = [0]
        for scalar in text.unicodeScalars {
            offset += scalar.utf8.count
            offsets.append(offset)
        }
        return offsets
    }

    private func isWhite(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
