// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Finds the sentences of one segment after the other.
struct SentenceScanner {
    /// A sentence in Thai or Lao ends at any space once it has this many bytes: their writers use a space where others use a comma
    /// or a full stop.
    private static let longUnpunctuated = 180

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var sentences: [Range<Int>] = []
    private var segment = 0..<0
    private var start = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func scan(_ part: TextSegments.Segment) {
        segment = part.range
        start = segment.lowerBound
        if part.isWhole { return end(at: segment.upperBound) }
        var position = segment.lowerBound
        while position < segment.upperBound {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): position = terminator(at: position)
            case 0x20, 0x0A: position = whiteSpace(at: position)
            case 0x80...:
                let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: position)
                switch scalar {
                case "…", "؟": position = terminator(at: position)
                case "。", "！", "？", "｡", "।", "॥", "۔", "។", "။":
                    position = closers(from: runOfTerminators(from: position))
                    end(at: position)
                default: position += length
                }
            default: position += 1
            }
        }
        end(at: segment.upperBound)
    }

    private mutating func end(at position: Int) {
        let range = UTF8Decoding.trimmed(start..<position, in: bytes)
        if !range.isEmpty { sentences.append(range) }
        start = position
    }

    /// Ends the sentence behind the terminators at `position` if they end one; returns where to go on.
    private mutating func terminator(at position: Int) -> Int {
        let behind = runOfTerminators(from: position)
        let closed = closers(from: behind)
        guard closed < segment.upperBound else { return closed }
        let follows = UTF8Decoding.scalar(in: bytes, at: closed).scalar
        guard follows.properties.isWhitespace else { return closed }
        let next = firstCharacter(from: closed)
        if let next, next.properties.isLowercase { return closed }
        if behind - position == 1, bytes[position] == UInt8(ascii: "."), isAbbreviation(before: position, next: next) { return closed }
        end(at: closed)
        return closed
    }

    private func runOfTerminators(from position: Int) -> Int {
        var position = position
        while position < segment.upperBound {
            let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: position)
            switch scalar {
            case ".", "!", "?", "…", "؟", "。", "！", "？", "｡", "।", "॥", "۔", "។", "။": position += length
            default: return position
            }
        }
        return position
    }

    /// Behind closing quotes, brackets, emphasis and reference numbers such as `[3]`.
    private func closers(from position: Int) -> Int {
        var position = position
        while position < segment.upperBound {
            let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: position)
            switch scalar {
            case "\"", "'", ")", "]", "}", "*", "_", "`", "”", "’", "»", "›", "」", "』", "）", "】", "》": position += length
            case "[":
                guard let behind = referenceNumber(at: position) else { return position }
                position = behind
            default: return position
            }
        }
        return position
    }

    private func referenceNumber(at position: Int) -> Int? {
        var end = position + 1
        while end < segment.upperBound, bytes[end] >= 0x30, bytes[end] <= 0x39 { end += 1 }
        guard end > position + 1, end < segment.upperBound, bytes[end] == UInt8(ascii: "]") else { return nil }
        return end + 1
    }

    /// The first character of the next word, opening quotes, brackets and emphasis left out.
    private func firstCharacter(from position: Int) -> Unicode.Scalar? {
        var position = position
        while position < segment.upperBound {
            let (scalar, length) = UTF8Decoding.scalar(in: bytes, at: position)
            switch scalar {
            case "\"", "'", "(", "[", "{", "*", "_", "`", "“", "‘", "«", "‹", "¿", "¡": position += length
            default:
                guard scalar.properties.isWhitespace else { return scalar }
                position += length
            }
        }
        return nil
    }

    private func isAbbreviation(before position: Int, next: Unicode.Scalar?) -> Bool {
        var first = position
        while first > start, position - first <= Abbreviations.longest, !Self.dividesWords(bytes[first - 1]) { first -= 1 }
        let word = bytes[first..<position]
        let nextIsDigit = next.map { $0.value >= 0x30 && $0.value <= 0x39 } ?? false
        if word.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return UTF8Decoding.trimmed(start..<first, in: bytes).isEmpty
        }
        return Abbreviations.holds(word, beforeDigit: nextIsDigit)
    }

    private static func dividesWords(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Ends a sentence at white space in Thai and Lao.
    private mutating func whiteSpace(at position: Int) -> Int {
        var behind = position
        var hasNewline = false
        while behind < segment.upperBound, bytes[behind] == 0x20 || bytes[behind] == 0x0A {
            hasNewline = hasNewline || bytes[behind] == 0x0A
            behind += 1
        }
        guard behind < segment.upperBound, bytes[behind] == 0xE0, position > start + 2 else { return behind }
        let before = UTF8Decoding.scalar(in: bytes, at: UTF8Decoding.start(before: position, in: bytes)).scalar
        let after = UTF8Decoding.scalar(in: bytes, at: behind).scalar
        guard (0x0E00...0x0EFF).contains(before.value), (0x0E00...0x0EFF).contains(after.value) else { return behind }
        if hasNewline || behind - position >= 2 || position - start >= Self.longUnpunctuated { end(at: position) }
        return behind
    }
}
