// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Divides a streamed answer into text and markers (`[1]`, `[1, 2]`, `[1-3]`, `[passages 1 and 2]`, `【1】`), wherever the stream is cut.
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

    /// Longest content of brackets that is held back, in bytes.
    static let longestMarker = 1_024
    /// What a marker names whose numbers cannot be understood: a passage that never exists.
    static let noPassage = 0

    private static let mostNumbers = 100
    private static let openings: Set<Character> = ["[", "【", "［"]
    private static let closings: Set<Character> = ["]", "】", "］"]
    private static let separators: Set<Character> = [",", ";", "，", "；", "、"]
    private static let dashes: Set<Character> = ["-", "–", "—", "−"]
    private static let words: Set<String> = ["and", "passage", "passages", "source", "sources"]

    private var space = ""
    private var bracket: String?

    /// The segments that are complete with `text`.
    mutating func feed(_ text: some StringProtocol) -> [Segment] {
        var segments: [Segment] = []
        var plain = ""
        for character in text {
            if var open = bracket {
                open.append(character)
                if Self.closings.contains(character), let numbers = Self.numbers(in: open.dropFirst().dropLast()) {
                    if !plain.isEmpty { segments.append(.text(plain)) }
                    segments.append(.marker(numbers, space: space))
                    (plain, space, bracket) = ("", "", nil)
                } else if Self.openings.contains(character) {
                    var kept = space + open.dropLast()
                    space = ""
                    while kept.last?.isWhitespace == true { space = String(kept.removeLast()) + space }
                    plain += kept
                    bracket = String(character)
                } else if Self.canContinue(open), open.utf8.count <= Self.longestMarker {
                    bracket = open
                } else {
                    plain += space + open
                    (space, bracket) = ("", nil)
                }
            } else if Self.openings.contains(character) {
                bracket = String(character)
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

    /// Whether what has come since the bracket, whose last character is new, can become a marker.
    private static func canContinue(_ open: String) -> Bool {
        guard let last = open.last else { return false }
        if digit(last) != nil || separators.contains(last) || dashes.contains(last) || last.isWhitespace || last == "^" { return true }
        guard last.isASCII, last.isLetter else { return false }
        var word = open[...]
        while let index = word.firstIndex(where: { !$0.isLetter }) { word = word[word.index(after: index)...] }
        let letters = word.lowercased()
        return words.contains { $0.hasPrefix(letters) }
    }

    /// ASCII and full-width digits.
    private static func digit(_ character: Character) -> Int? {
        guard let value = character.wholeNumberValue, let scalar = character.unicodeScalars.first else { return nil }
        return character.isASCII || (0xFF10...0xFF19).contains(scalar.value) ? value : nil
    }

    /// The numbers of a marker's inside, without repetition; `noPassage` if they cannot be understood, nil if it is no marker.
    private static func numbers(in inside: Substring) -> [Int]? {
        var hasDigit = false
        let plain = inside.map { character -> Character in
            guard let digit = digit(character) else { return dashes.contains(character) ? "-" : character }
            hasDigit = true
            return Character(String(digit))
        }
        let names = inside.split { !$0.isLetter }
        guard hasDigit, names.allSatisfy({ words.contains($0.lowercased()) }) else { return nil }
        var numbers: [Int] = []
        for part in plain.split(whereSeparator: { separators.contains($0) || $0.isLetter || $0 == "^" }) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { String(trimmed($0)) }
            if bounds == [""] { continue }
            guard bounds.count <= 2, let first = bounds.first.flatMap({ Int($0) }), let last = bounds.last.flatMap({ Int($0) }) else {
                return [noPassage]
            }
            guard last >= first, last - first < mostNumbers else { return [noPassage] }
            for number in first...last where !numbers.contains(number) { numbers.append(number) }
            guard numbers.count <= mostNumbers else { return [noPassage] }
        }
        return numbers
    }

    private static func trimmed(_ text: ArraySlice<Character>) -> ArraySlice<Character> {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
