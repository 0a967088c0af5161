// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTransport
import Testing

@Suite("Server-sent events") struct SSEParserTests {
    private func events(_ text: String) throws -> [ServerSentEvent] {
        var parser = SSEParser()
        return try parser.feed(Array(text.utf8))
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func everyLineEndIsUnderstood(end: String) throws {
        let text = ["event: a", "data: 1", "data: 2", "id: 7", "", "data:3", "", ""].joined(separator: end)
        let found = try events(text)
        #expect(found.map(\.name) == ["a", "message"])
        #expect(found.map(\.data) == ["1\n2", "3"])
        #expect(found.map(\.id) == ["7", "7"])
    }

    @Test func oneLeadingSpaceIsDroppedAndOthersStay() throws {
        #expect(try events("data:  x\n\n").map(\.data) == [" x"])
    }

    @Test func commentsUnknownFieldsAndEventsWithoutDataAreIgnored() throws {
        #expect(try events(": hi\n\nretry: 5\nevent: x\n\nfoo: bar\ndata\n\n").map(\.data) == [""])
    }

    @Test func anUnfinishedEventIsDropped() throws {
        #expect(try events("data: 1\n").isEmpty)
    }

    @Test func aByteOrderMarkIsSkippedOnlyAtTheStart() throws {
        #expect(try events("\u{FEFF}data: 1\n\n").map(\.data) == ["1"])
        #expect(try events("\n\u{FEFF}data: 1\n\n").isEmpty)
    }

    @Test func anEventBeyondItsLimitIsAnError() {
        var parser = SSEParser(maximumEventSize: 100)
        #expect(throws: RAGError.self) { try parser.feed(Array("data: \(String(repeating: "x", count: 200))".utf8)) }
        var lines = SSEParser(maximumEventSize: 100)
        #expect(throws: RAGError.self) { try lines.feed(Array(String(repeating: "data: 12345678\n", count: 30).utf8)) }
    }

    @Test func anyCutOfTheBytesGivesTheSameEvents() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        let pieces = ["data", ":", " ", "\n", "\r", "\r\n", "event", "é", "🦆", "x", "id", "\u{FEFF}", "\0", "\n\n"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let bytes = Array(text.utf8)
            var whole = SSEParser()
            let expected = try whole.feed(bytes)
            var parts = SSEParser()
            var found: [ServerSentEvent] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...4, using: &random))
                found += try parts.feed(bytes[start..<end])
                start = end
            }
            #expect(found == expected, "seed \(seed), text \(text.debugDescription)")
        }
    }

    @Test func randomBytesNeverTrap() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        var parser = SSEParser(maximumEventSize: 1 << 16)
        for _ in 0..<2_000 {
            let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
            let found = try? parser.feed(bytes)
            if found == nil { parser = SSEParser(maximumEventSize: 1 << 16) }
        }
    }
}

/// A small repeatable generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
