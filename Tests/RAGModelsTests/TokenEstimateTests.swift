// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGModels
import Testing

@Suite("Token estimate") struct TokenEstimateTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private func counts() throws -> JSONValue {
        let bytes = try Data(contentsOf: Self.folder.appendingPathComponent("Fixtures/token_counts.json"))
        return try JSONValue(parsing: Array(bytes))
    }

    @Test func noParagraphOfTheSampleCorpusHasMoreTokensThanEstimated() throws {
        let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
        let files = try #require(try counts()["corpus"]?.object)
        var real = 0
        var estimated = 0
        for (name, file) in files {
            let text = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
            // A document that has changed since the counts were taken says nothing.
            guard file["bytes"]?.integer == Int64(text.utf8.count), let counts = file["counts"]?.array else { continue }
            let paragraphs = text.components(separatedBy: "\n\n")
            try #require(paragraphs.count == counts.count)
            for (paragraph, count) in zip(paragraphs, counts) {
                let estimate = TokenEstimate.count(paragraph)
                #expect(estimate >= Int(count.integer ?? 0), "\(name): \(paragraph)")
                real += Int(count.integer ?? 0)
                estimated += estimate
            }
        }
        #expect(real > 3_000)
        #expect(Double(estimated) < 1.7 * Double(real), "\(estimated) for \(real)")
    }

    @Test func noTrickySentenceHasMoreTokensThanEstimated() throws {
        for item in try #require(try counts()["tricky"]?.array) {
            let text = try #require(item["text"]?.string)
            #expect(TokenEstimate.count(text) >= Int(item["count"]?.integer ?? 0), "\(text)")
        }
    }

    @Test func wordsAreCutInThreesAndUnusualOnesInTwos() {
        func pieces(_ text: String) -> [String] {
            let spans = TokenEstimate.spans(of: text)
            let bytes = Array(text.utf8)
            return zip(spans.starts, spans.ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
        }
        #expect(pieces("") == [])
        #expect(pieces(" \n\t ") == [])
        #expect(pieces("a cat, 12") == ["a", "cat", ",", "1", "2"])
        #expect(pieces("government") == ["gov", "ern", "men", "t"])
        #expect(pieces("getUserID") == ["get", "Use", "r", "ID"])
        #expect(pieces("größe") == ["gr", "öß", "e"])
        #expect(pieces("qxzvw") == ["qx", "zv", "w"])
        #expect(pieces("中文") == ["中", "文"])
        #expect(TokenEstimate.count("한") == 3)
        #expect(TokenEstimate.count("🦆") == 4)
    }

    @Test func spansAscendLieInTheTextCutNoCharacterAndLeaveNothingOutButWhiteSpace() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix(state: seed)
        let alphabet = Array("abcXYZ éßÀ 中文한국 🦆👩‍🚀 .,;-\n\t0123ёΩกขअ".unicodeScalars)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            let spans = TokenEstimate.spans(of: text)
            #expect(spans.count == TokenEstimate.count(text))
            var covered = Set<Int>()
            var last = 0
            for (start, end) in zip(spans.starts, spans.ends) {
                try #require(last <= start && start < end && end <= text.utf8.count, "seed \(seed)")
                last = start
                covered.formUnion(start..<end)
                let slice = Array(text.utf8)[start..<end]
                #expect(String(validating: slice, as: UTF8.self) != nil, "seed \(seed)")
            }
            var offset = 0
            for scalar in text.unicodeScalars {
                let length = UTF8.width(scalar)
                if !scalar.properties.isWhitespace { #expect(covered.isSuperset(of: offset..<offset + length), "seed \(seed)") }
                offset += length
            }
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
