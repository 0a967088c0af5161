// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Divides a streamed answer into text and markers (`[1]`, `[1, 2]`, `[1-3]`), wherever the stream is cut.
///
/// White space and an open bracket are held back until it is clear that no marker follows, so that a marker which is removed takes the
/// space before it along. Any number in brackets is a marker, also in code: an unchecked number must never look like a checked one.
struct MarkerParser: Sendable {
    /// A piece of the answer.
    enum Segment: Sendable, Hashable {
        case text(String)
        /// The passages named; `space` is the white space before it.
        case marker([Int], space: String)
    }

    /// Longest content of brackets that is held back.
    static let longestMarker = 32

    private var space = ""
    private var bracket: String?

    /// The segments that are complete with `text`.
    mutating func feed(_ text: some StringProtocol) -> [Segment] {
        var segments: [Segment] = []
        var plain = ""
        for character in text {
            if var open = bracket {
                open.append(character)
                if character == "]", let numbers = Self.numbers(in: open.dropFirst().dropLast()) {
                    if !plain.isEmpty { segments.append(.text(plain)) }
                    segments.append(.marker(numbers, space: space))
                    (plain, space, bracket) = ("", "", nil)
                } else if character == "[" {
                    var kept = space + open.dropLast()
                    space = ""
                    while kept.last?.isWhitespace == true { space = String(kept.removeLast()) + space }
                    plain += kept
                    bracket = "["
                } else if Self.canContinue(character), open.count <= Self.longestMarker {
                    bracket = open
                } else {
                    plain += space + open
                    (space, bracket) = ("", nil)
                }
            } else if character == "[" {
                bracket = "["
            } else if character.isWhitespace {
                space.append(character)
            } else {
                plain += space
                plain.append(character)
                space = ""
            }
        }
        if !plain.isEmpty { segments.append(.text(plain)) }
        return segments
    }

    /// What was held back at the end; white space at the end is dropped.
    mutating func finish() -> [Segment] {
        defer { (space, bracket) = ("", nil) }
        guard let bracket else { return [] }
        return [.text(space + bracket)]
    }

    private static func canContinue(_ character: Character) -> Bool {
        (character.isASCII && character.isWholeNumber) || character == "," || character == ";" || character == " "
            || character == "-" || character == "–" || character == "^"
    }

    /// The numbers of a marker's inside, without repetition; nil if it is none.
    private static func numbers(in inside: Substring) -> [Int]? {
        var numbers: [Int] = []
        for part in inside.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == ";" }) {
            let bounds = part.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "-" || $0 == "–" })
                .map { Int($0.filter { $0 != " " && $0 != "^" }) }
            guard bounds.count <= 2, let first = bounds.first, let first, let last = bounds.last, let last else { return nil }
            guard first >= 0, last >= first, last - first < 100 else { return nil }
            for number in first...last where !numbers.contains(number) { numbers.append(number) }
        }
        return numbers.isEmpty ? nil : numbers
    }
}
