// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

struct TextRangeTests {
    @Test func givesTheTextOfAByteRange() {
        let text = "aé👍\r\nz"
        #expect(text.bytes(in: 0..<9) == "aé👍\r\n"[...])
        #expect(text.bytes(in: 1..<3) == "é")
        #expect(text.bytes(in: 3..<7) == "👍")
        #expect(text.bytes(in: 8..<9) == "\n")
        #expect(text.bytes(in: 10..<10)?.isEmpty == true)
    }

    @Test func refusesRangesOutsideTheTextOrInsideACharacter() {
        let text = "aé👍"
        #expect(text.bytes(in: -1..<1) == nil)
        #expect(text.bytes(in: 0..<8) == nil)
        #expect(text.bytes(in: 0..<2) == nil)
        #expect(text.bytes(in: 2..<3) == nil)
        #expect(text.bytes(in: 4..<7) == nil)
    }

    @Test func documentIdsAreCheckedByField() throws {
        #expect(try DocumentID("a/ü 1").rawValue == "a/ü 1")
        for text in ["", "a\nb", "\u{7F}", String(repeating: "é", count: 257)] {
            let error = #expect(throws: RAGError.self) { try DocumentID(text, field: "documents[3].id") }
            #expect(error?.code == .invalidField)
            #expect(error?.field == "documents[3].id")
        }
        #expect(try DocumentID(String(repeating: "x", count: 512)).rawValue.count == 512)
    }
}
