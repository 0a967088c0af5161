// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGQdrant

@Suite struct PointIDTests {
    @Test func sameNameSameIDAndPartsAreDivided() {
        #expect(PointID("a", "bc") == PointID("a", "bc"))
        #expect(PointID("a", "bc") != PointID("ab", "c"))
        #expect(PointID("a") != PointID("a", ""))
    }

    @Test func idsAreUUIDsOfVersion5() {
        let text = Array(PointID("head", "tenant", "Ω").text)
        #expect(text.count == 36)
        #expect(text[14] == "5")
        #expect("89ab".contains(text[19]))
        #expect([8, 13, 18, 23].allSatisfy { text[$0] == "-" })
    }
}
