// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

struct PageBreaksTests {
    @Test func findsThePageOfEachByte() throws {
        let text = "é one\n\u{C}\ntwo\n\u{C}\n\u{C}four"
        let breaks = try #require(PageBreaks(in: text))
        var page = 1
        for (offset, byte) in text.utf8.enumerated() {
            #expect(breaks.page(at: offset) == page)
            if byte == 0x0C { page += 1 }
        }
        #expect(page == 4)
        #expect(PageBreaks.count(in: text, upTo: text.utf8.count) == 3)
        #expect(PageBreaks.count(in: text, upTo: 7) == 0)
    }

    @Test func aTextWithoutFormFeedsHasNoPages() {
        #expect(PageBreaks(in: "one\n\ntwo") == nil)
        #expect(PageBreaks(in: "") == nil)
    }
}
