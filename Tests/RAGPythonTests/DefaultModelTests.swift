// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPython

/// The real model through the bridge.
@Suite(.enabled(if: PythonFixture.hasModel))
struct DefaultModelTests {
    private func cosine(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func theSpaceNamesTheModel() async throws {
        let space = try await PythonFixture.embedder(threads: PythonFixture.threads()).space
        #expect(space.model == "all-MiniLM-L6-v2")
        #expect(space.dimension == 384 && space.maximumTokens == 256)
        #expect(space.pooling == "mean" && space.precision == "int8")
        #expect(space.fingerprint.count == 64)
    }

    @Test func likeTextsLieCloseAndUnlikeOnesDoNot() async throws {
        let model = try await PythonFixture.embedder(threads: PythonFixture.threads(2))
        let texts = [
            "A man is eating food.", "A man is eating a piece of bread.",
            "How do I reset my password?", "Steps to recover your account password",
        ]
        let matrix = try await model.embed(texts, as: .passage, deadline: .after(.seconds(30)))
        #expect(matrix.count == 4 && matrix.dimension == 384)
        for row in 0..<4 { #expect(abs(cosine(matrix[row], matrix[row]) - 1) < 1e-4) }
        #expect(cosine(matrix[0], matrix[1]) > 0.65)
        #expect(cosine(matrix[2], matrix[3]) > 0.6)
        #expect(abs(cosine(matrix[0], matrix[2])) < 0.15)
        #expect(abs(cosine(matrix[1], matrix[3])) < 0.15)
    }

    @Test func aVectorIsTheSameAloneAndInCompany() async throws {
        let model = try await PythonFixture.embedder(threads: PythonFixture.threads(2))
        let texts = (0..<24).map { index in String(repeating: "river number \(index) ", count: index % 7 + 1) }
        let together = try await model.embed(texts, as: .passage, deadline: .after(.seconds(30)))
        for (index, text) in texts.enumerated() {
            let alone = try await model.embed([text], as: .query, deadline: .after(.seconds(30)))
            #expect(Array(alone[0]) == Array(together[index]))
        }
    }

    @Test func aTextThatIsTooLongIsAnErrorNotCut() async throws {
        let model = try await PythonFixture.embedder(threads: PythonFixture.threads())
        let fitting = String(repeating: "word ", count: 254)
        let embedded = try await model.embed([fitting], as: .passage, deadline: .after(.seconds(30)))
        #expect(embedded.count == 1)
        let error = await #expect(throws: RAGError.self) {
            try await model.embed([fitting + "word"], as: .passage, deadline: .after(.seconds(30)))
        }
        #expect(error?.code == .unavailable)
        #expect((error?.cause as? PythonError)?.message.contains("257 tokens") == true)
    }

    @Test func spansOfPlainWordsAreExact() async throws {
        let model = try await PythonFixture.embedder(threads: PythonFixture.threads())
        let spans = try await model.tokenSpans(of: ["two words", "", "日本 x"], deadline: .after(.seconds(30)))
        #expect(spans[0] == TokenSpans(starts: [0, 4], ends: [3, 9]))
        #expect(spans[1].count == 0)
        #expect(spans[2] == TokenSpans(starts: [0, 3, 7], ends: [3, 6, 8]))
    }

    @Test func spansLieOnCharacterBordersAndCoverEveryWord() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = Generator(state: seed)
        let alphabet = ["ab", " ", "\n", "é", "日本", "한", "🎉", "👩‍👩‍👧", "e\u{301}", "ﬁ", "ß", "ไกำ", ".", "Z9", "नमस्ते", "\u{3000}"]
        var texts = ["plain ASCII, with punctuation.", "emoji 👩‍👩‍👧 family", "日本語のテスト", "cafe\u{301} e\u{301}clair"]
        for _ in 0..<200 {
            let pieces = (0..<Int.random(in: 1...30, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) }
            texts.append(pieces.joined())
        }
        let model = try await PythonFixture.embedder(threads: PythonFixture.threads(2))
        let all = try await model.tokenSpans(of: texts, deadline: .after(.seconds(30)))
        #expect(all.count == texts.count)
        for (text, spans) in zip(texts, all) {
            let bytes = Array(text.utf8)
            var covered = Array(repeating: false, count: bytes.count)
            for (start, end) in zip(spans.starts, spans.ends) {
                try #require(start < end && end <= bytes.count)
                #expect(String(validating: bytes[start..<end], as: UTF8.self) != nil)
                for position in start..<end { covered[position] = true }
            }
            let uncovered = bytes.indices.filter { !covered[$0] }.map { bytes[$0] }
            let isBlank = String(decoding: uncovered, as: UTF8.self).allSatisfy { $0.isWhitespace }
            #expect(isBlank, "\(text.debugDescription)")
        }
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
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
