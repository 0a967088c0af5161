// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText

/// Finds out which claim a marker stands for while the answer streams, and what may be sent when. Pure.
///
/// A marker stands for the clause before it in its sentence; where that is too short to say anything (`According to [1], …`), the marker
/// and what follows wait for the rest of the sentence.
struct ClaimTracker: Sendable {
    /// What to do next, in order.
    enum Step: Sendable, Hashable {
        /// Send this text.
        case emit(String)
        /// Check the markers against the claim, then send those that hold.
        case check([Int], space: String, claim: String)
    }

    private let minimumWords: Int
    /// Text of the current line, without markers, and of the last line before it that was not empty.
    private var line = ""
    private var previousLine = ""
    /// Bytes of `line` up to the last marker.
    private var clauseStart = 0
    /// A marker that waits, and everything after it.
    private var held: [MarkerParser.Segment] = []

    init(minimumWords: Int) { self.minimumWords = minimumWords }

    /// The steps that a segment allows.
    mutating func take(_ segment: MarkerParser.Segment) -> [Step] {
        switch segment {
        case .text(let text):
            guard !held.isEmpty else {
                append(text)
                return [.emit(text)]
            }
            let (sentence, rest) = Self.divide(text, after: line.last)
            append(sentence)
            held.append(.text(sentence))
            guard let rest else { return [] }
            let steps = release()
            guard !rest.isEmpty else { return steps }
            append(rest)
            return steps + [.emit(rest)]
        case .marker(let numbers, let space):
            if isClaimOpen {
                held.append(segment)
                return []
            }
            let steps = held.isEmpty ? [] : release()
            let check = Step.check(numbers, space: space, claim: claim())
            clauseStart = line.utf8.count
            return steps + [check]
        }
    }

    /// The steps that waited when the answer ends.
    mutating func finish() -> [Step] { held.isEmpty ? [] : release() }

    private mutating func append(_ text: String) {
        guard let lineEnd = text.lastIndex(where: \.isNewline) else { return line += text }
        let ended = (line + text[..<lineEnd]).split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        if let ended { previousLine = String(ended) }
        line = String(text[text.index(after: lineEnd)...])
        clauseStart = 0
    }

    private mutating func release() -> [Step] {
        let claim = claim()
        defer { held = [] }
        return held.map { segment in
            switch segment {
            case .text(let text): .emit(text)
            case .marker(let numbers, let space): .check(numbers, space: space, claim: claim)
            }
        }
    }

    /// Whether the sentence so far is too short to be checked and may go on.
    private var isClaimOpen: Bool {
        guard let last = sentences(of: line).last else { return previousLine.isEmpty }
        return Self.words(last) < minimumWords && !Self.endsSentence(last)
    }

    private func claim() -> String {
        let isBlank = line.allSatisfy(\.isWhitespace)
        let text = isBlank ? previousLine : line
        let sentences = sentences(of: text)
        guard let last = sentences.last else { return text }
        let clause = text.utf8.dropFirst(isBlank ? 0 : clauseStart)
        let lastStart = text.utf8.distance(from: text.utf8.startIndex, to: last.startIndex)
        if !isBlank, clauseStart > lastStart, let clause = Substring(clause).nonBlank, Self.words(clause) >= minimumWords {
            return String(clause)
        }
        if Self.words(last) < minimumWords, sentences.count > 1 { return sentences.suffix(2).joined(separator: " ") }
        return String(PassageSentence.withoutDecoration(last))
    }

    private func sentences(of text: String) -> [Substring] {
        SentenceSplitter().sentences(in: text).compactMap { text.bytes(in: $0)?.nonBlank }
    }

    private static func words(_ text: Substring) -> Int {
        let unspaced = text.unicodeScalars.count { $0.value >= 0x0E00 && $0.properties.isAlphabetic }
        return max(text.split(whereSeparator: \.isWhitespace).count { $0.contains { $0.isLetter || $0.isNumber } }, unspaced / 2)
    }

    private static let terminators: Set<Character> = [".", "!", "?", "。", "！", "？"]

    private static func endsSentence(_ text: Substring) -> Bool {
        text.last { !$0.isWhitespace && !"\"')”’*_".contains($0) }.map(terminators.contains) ?? false
    }

    /// The text up to the end of its first sentence, and what follows; `rest` is nil if the sentence may go on.
    private static func divide(_ text: String, after last: Character?) -> (sentence: String, rest: String?) {
        var previous = last
        for index in text.indices {
            let character = text[index]
            let ends = character.isNewline || (character.isWhitespace && previous.map(terminators.contains) ?? false)
            if ends { return (String(text[..<index]), String(text[index...])) }
            previous = character
        }
        return (text, nil)
    }
}

extension Substring {
    /// Itself without white space around it, or nil if there is nothing else.
    fileprivate var nonBlank: Substring? {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text.isEmpty ? nil : text
    }
}
