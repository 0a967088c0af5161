// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The lines of a text: where they start and end, and which are blank.
struct TextLines {
    let bytes: [UInt8]
    /// Each line's bytes without its `\n`.
    private var ranges: [Range<Int>] = []
    private var blanks: [Bool] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            ranges.append(start..<end)
            blanks.append(Self.isWhite(bytes[start..<end]))
            start = end + 1
        }
    }

    var count: Int { ranges.count }

    /// Whether a line holds nothing but white space.
    func isBlank(_ line: Int) -> Bool { blanks[line] }

    /// Whether a line holds a form feed, which divides pages, and nothing else.
    func isPageBreak(_ line: Int) -> Bool { blanks[line] && self[line].contains(0x0C) }

    subscript(_ line: Int) -> ArraySlice<UInt8> { bytes[ranges[line]] }

    /// The bytes of full lines, without the last `\n`; `lines` is not empty.
    func range(_ lines: Range<Int>) -> Range<Int> { ranges[lines.lowerBound].lowerBound..<ranges[lines.upperBound - 1].upperBound }

    /// `lines` without the blank ones at both ends; nil if no other is there.
    func trimmed(_ lines: Range<Int>) -> Range<Int>? {
        guard let first = lines.first(where: { !blanks[$0] }), let last = lines.last(where: { !blanks[$0] }) else { return nil }
        return first..<last + 1
    }

    private static func isWhite(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return true }
        // Most lines end the question with their first character.
        if first > 0x20, first < 0x7F { return false }
        return String(decoding: line, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
