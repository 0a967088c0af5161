// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import RAGPipeline

@Suite("Markers in a stream") struct MarkerParserTests {
    private func parse(_ pieces: [String]) -> [MarkerParser.Segment] {
        var parser = MarkerParser()
        var segments = pieces.flatMap { parser.feed($0) } + parser.finish()
        // Neighbouring texts are one text, however the stream was cut.
        var index = 1
        while index < segments.count {
            if case .text(let left) = segments[index - 1], case .text(let right) = segments[index] {
                segments[index - 1] = .text(left + right)
                segments.remove(at: index)
            } else {
                index += 1
            }
        }
        return segments
    }

    @Test func markersAreFoundHoweverTheyAreWritten() {
        #expect(parse(["A [1]."]) == [.text("A"), .marker([1], space: " "), .text(".")])
        #expect(parse(["A[1][2] b"]) == [.text("A"), .marker([1], space: ""), .marker([2], space: ""), .text(" b")])
        #expect(parse(["A [1, 3;2]"]) == [.text("A"), .marker([1, 3, 2], space: " ")])
        #expect(parse(["A [1-3]"]) == [.text("A"), .marker([1, 2, 3], space: " ")])
        #expect(parse(["A [^2]"]) == [.text("A"), .marker([2], space: " ")])
        #expect(parse(["A [2, 2]"]) == [.text("A"), .marker([2], space: " ")])
        #expect(parse(["A [1,]"]) == [.text("A"), .marker([1], space: " ")])
        #expect(parse(["A【2】。"]) == [.text("A"), .marker([2], space: ""), .text("。")])
        #expect(parse(["A [１２、3]"]) == [.text("A"), .marker([12, 3], space: " ")])
        #expect(parse(["A [passages 1 and 2]"]) == [.text("A"), .marker([1, 2], space: " ")])
        #expect(parse(["A [Source 3; source 1—2]"]) == [.text("A"), .marker([3, 1, 2], space: " ")])
        let long = (1...90).map { "\($0)" }.joined(separator: ", ")
        #expect(parse(["A [\(long)]"]) == [.text("A"), .marker(Array(1...90), space: " ")])
    }

    @Test(arguments: [
        "[a]", "[]", "[1", "[ ]", "x[i]", "[a1]", "[so 1]", "[and]", "[,]", "[-]", "[TODO] x", "]", "[source code]",
    ])
    func otherBracketsAreText(text: String) {
        #expect(parse([text]) == [.text(text)])
    }

    @Test(arguments: ["[-1]", "[3-1]", "[1-2-3]", "[1 2]", "[1-]", "[99999999999999999999]", "[0-99999]", "[1-90, 200-290]"])
    func numbersThatCannotBeUnderstoodNameNoPassage(text: String) {
        #expect(parse(["a \(text)"]) == [.text("a"), .marker([MarkerParser.noPassage], space: " ")])
    }

    @Test func aBracketWithinABracketBeginsAgain() {
        #expect(parse(["[[1]]"]) == [.text("["), .marker([1], space: ""), .text("]")])
        #expect(parse(["a [12 [3] b"]) == [.text("a [12"), .marker([3], space: " "), .text(" b")])
    }

    @Test func anyCutOfTheStreamGivesTheSame() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomBits(state: seed)
        let parts = ["[", "]", "1", "23", ",", " ", "a", ".", "\n", "[1]", "[2, 3]", "é", "🦆", "-", "[^4]"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 1..<25, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            var pieces: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...3, using: &random)
                pieces.append(String(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            #expect(parse(pieces) == parse([text]), "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test func textIsNeverHeldBackForLong() {
        var parser = MarkerParser()
        #expect(parser.feed("Hello") == [.text("Hello")])
        #expect(parser.feed(" [1") == [])
        #expect(parser.feed("2 34") == [])
        #expect(parser.feed("x") == [.text(" [12 34x")])
    }
}

@Suite("Claims of markers") struct ClaimTrackerTests {
    /// The claims in order, and the text that is sent with all markers kept.
    private func run(_ pieces: [String]) -> (claims: [String], text: String) {
        var parser = MarkerParser()
        var tracker = ClaimTracker(minimumWords: 4)
        var steps: [ClaimTracker.Step] = []
        for segment in pieces.flatMap({ parser.feed($0) }) + parser.finish() { steps += tracker.take(segment) }
        steps += tracker.finish()
        var claims: [String] = []
        var text = ""
        for step in steps {
            switch step {
            case .emit(let piece): text += piece
            case .check(let numbers, let space, let claim):
                claims.append(claim)
                text += space + numbers.map { "[\($0)]" }.joined()
            }
        }
        return (claims, text)
    }

    @Test(
        arguments: [
            ("Keys are stored as hashes [1].", ["Keys are stored as hashes"]),
            ("Keys are stored as hashes. [1]", ["Keys are stored as hashes."]),
            ("One thing is said here. Keys are stored as hashes [1]. More.", ["Keys are stored as hashes"]),
            ("Keys are stored as hashes [1][2].", ["Keys are stored as hashes", "Keys are stored as hashes"]),
            (
                "Keys are stored as hashes [1] and backups are kept for days [2].",
                ["Keys are stored as hashes", "and backups are kept for days"]
            ),
            ("Keys are stored as hashes [1], too [2].", ["Keys are stored as hashes", "Keys are stored as hashes, too"]),
            ("According to [1], keys are stored as hashes. Then more.", ["According to, keys are stored as hashes."]),
            ("According to [1] and [2], keys are hashes [3].", Array(repeating: "According to and, keys are hashes", count: 3)),
            ("Keys are stored as hashes. Yes. [1]", ["Keys are stored as hashes. Yes."]),
            (
                "- Keys are stored as hashes [1]\n- Backups are kept for days [2]\n",
                ["Keys are stored as hashes", "Backups are kept for days"]
            ),
            ("Keys are stored as hashes.\n\n[1]", ["Keys are stored as hashes."]),
            ("Five times [1]", ["Five times"]),
            ("[1] says that keys are hashes.", ["says that keys are hashes."]),
        ] as [(String, [String])]
    )
    func aMarkerStandsForItsClause(text: String, claims: [String]) {
        for pieces in [[text], text.map { String($0) }] {
            let result = run(pieces)
            #expect(result.claims == claims)
            #expect(result.text == text.trimmingSuffixWhitespace)
        }
    }
}

extension String {
    fileprivate var trimmingSuffixWhitespace: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

/// A small repeatable generator.
private struct RandomBits: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
