// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGPipeline

@Suite("Parts of a long text") struct TextPartsTests {
    @Test func aShortTextIsOnePart() {
        #expect(TextParts.ranges(of: "", blocks: [], limit: 8) == [0..<0])
        #expect(TextParts.ranges(of: "12345678", blocks: [], limit: 8) == [0..<8])
    }

    @Test func partsEndWithBlocksThenWithLinesThenBetweenCharacters() {
        let text = "ab\n\ncd\n\nef\ngh\nijklmnop数据"
        let blocks = [0..<2, 4..<6, 8..<28].map { TextBlock(kind: .paragraph, range: $0) }
        let ranges = TextParts.ranges(of: text, blocks: blocks, limit: 8)
        #expect(ranges == [0..<6, 6..<14, 14..<22, 22..<28])
        #expect(TextParts.ranges(of: "数据数", blocks: [], limit: 4) == [0..<3, 3..<6, 6..<9])
    }

    @Test func aLongDocumentHasTheTokensOfItsWhole() async throws {
        let line = "Some words of a long document, 数据 and more.\n"
        let text = String(repeating: line, count: 700_000 / line.utf8.count)
        let ranges = TextParts.ranges(of: text, blocks: [], limit: 1_000)
        var ends: [Int] = []
        for range in ranges {
            let part = try #require(text.bytes(in: range))
            #expect(range.count <= 1_000 && part.hasSuffix("\n"))
            ends += PieceTokens.spans(of: String(part)).ends.map { $0 + range.lowerBound }
        }
        #expect(ends == PieceTokens.spans(of: text).ends)
    }

    @Test func titlesLoseTheirControlCharacters() {
        #expect(IngestPipeline.withoutControlCharacters("A\u{0}b\nc\u{1B} é") == "Ab c é")
        #expect(IngestPipeline.withoutControlCharacters("plain") == "plain")
    }
}
