// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit
import Testing

@testable import RAGQdrant

@Suite struct MetadataFactsTests {
    @Test func levelsOrderTextsAsTheirBytesDo() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let alphabet = ["a", "b", "0", "9", "-", "é", "漢", "\u{10FFFF}", " "]
        for _ in 0..<20_000 {
            let texts = (0..<2).map { _ in
                (0..<Int(random.next() % 24)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }.joined()
            }
            let before = texts[0].utf8.lexicographicallyPrecedes(texts[1].utf8)
            let (a, b) = (MetadataFacts.levels(of: texts[0]), MetadataFacts.levels(of: texts[1]))
            // Only the first bytes count, so they may be equal where the texts are not, but never the other way round.
            if before { #expect(a == b || a.lexicographicallyPrecedes(b), "\(texts) with seed \(seed)") }
        }
    }

    @Test func levelsAreExactAsDoubles() {
        for level in MetadataFacts.levels(of: "\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}") {
            #expect(Int64(Double(level)) == level)
        }
    }

    @Test func equalTextsHaveOneToken() {
        #expect(MetadataFacts.token("f", .string("\u{E9}")) == MetadataFacts.token("f", .string("e\u{301}")))
        #expect(MetadataFacts.token("f", .number(0)) == MetadataFacts.token("f", .number(-0.0)))
        #expect(MetadataFacts.token("f", .number(7)) != MetadataFacts.token("f", .string("7")))
        #expect((MetadataFacts.token("f", .string(String(repeating: "x", count: 9_000))) ?? "").utf8.count <= 256)
    }

    @Test func partsOfATextAreTheTextAndSplitNoCharacter() {
        let text = String(repeating: "a漢🐎é", count: 120_000)
        let parts = TextParts.split(text)
        #expect(parts.joined() == text)
        #expect(parts.count > 3)
        #expect(parts.allSatisfy { $0.utf8.count <= TextParts.length })
        #expect(TextParts.split("") == [""])
    }

    @Test func tenantsShareNoTerm() {
        let text = (0..<2_000).map { "word\($0)" }.joined(separator: " ")
        let one = Set(TenantTerms(TenantScope(authenticated: "one")).question(text).indices)
        let two = Set(TenantTerms(TenantScope(authenticated: "two")).question(text).indices)
        #expect(one.count > 1_990)
        #expect(one.intersection(two).count <= 2)
    }
}
