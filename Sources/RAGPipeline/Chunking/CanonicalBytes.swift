// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A canonical text as bytes, with the borders that a cut may fall on.
struct CanonicalBytes {
    let text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        var native = text
        native.makeContiguousUTF8()
        self.text = native
        bytes = Array(native.utf8)
    }

    var count: Int { bytes.count }

    /// Whether a scalar begins at `offset`, or the text ends there.
    func isBorder(_ offset: Int) -> Bool { offset == bytes.count || bytes[offset] & 0xC0 != 0x80 }

    /// The last border at or before `offset`, clamped to the text.
    func border(atOrBefore offset: Int) -> Int {
        var offset = min(max(offset, 0), bytes.count)
        while offset > 0, !isBorder(offset) { offset -= 1 }
        return offset
    }

    /// `range` without the white space at its ends; empty if there is nothing else.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper {
            let width = whiteSpace(at: lower)
            guard width > 0 else { break }
            lower += width
        }
        while lower < upper {
            let width = whiteSpace(before: upper)
            guard width > 0 else { break }
            upper -= width
        }
        return lower..<max(lower, upper)
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The byte after the next `\n` after `offset`.
    func lineEnd(after offset: Int, before end: Int) -> Int {
        var next = offset
        while next < end, bytes[next] != 0x0A { next += 1 }
        return min(next + 1, end)
    }

    /// Where the word after the one at `offset` begins.
    func wordEnd(after offset: Int, before end: Int) -> Int {
        var next = offset
        while next < end, whiteSpace(at: next) == 0 { next += 1 }
        while next < end {
            let width = whiteSpace(at: next)
            guard width > 0 else { break }
            next += width
        }
        return min(next, end)
    }

    /// Where the character (as people see it) at `offset` ends.
    func characterEnd(after offset: Int, before end: Int) -> Int {
        let utf8 = text.utf8
        let index = utf8.index(utf8.startIndex, offsetBy: offset)
        let next = utf8.distance(from: utf8.startIndex, to: text.index(after: index))
        // A grapheme may reach over the end of a block.
        return min(max(next, scalarEnd(after: offset, before: end)), end)
    }

    /// Where the scalar at `offset` ends.
    func scalarEnd(after offset: Int, before end: Int) -> Int {
        var next = offset + 1
        while next < end, !isBorder(next) { next += 1 }
        return min(next, end)
    }

    /// Bytes of the white space scalar that begins at `offset`; 0 if there is none.
    private func whiteSpace(at offset: Int) -> Int {
        let byte = bytes[offset]
        if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) { return 1 }
        guard byte >= 0xC2 else { return 0 }
        if byte == 0xC2 {
            guard offset + 1 < bytes.count else { return 0 }
            return bytes[offset + 1] == 0x85 || bytes[offset + 1] == 0xA0 ? 2 : 0
        }
        guard byte == 0xE1 || byte == 0xE2 || byte == 0xE3, offset + 2 < bytes.count else { return 0 }
        return Self.isWideSpace(byte, bytes[offset + 1], bytes[offset + 2]) ? 3 : 0
    }

    /// Bytes of the white space scalar that ends before `offset`; 0 if there is none.
    private func whiteSpace(before offset: Int) -> Int {
        for width in 1...3 where offset - width >= 0 && isBorder(offset - width) {
            return whiteSpace(at: offset - width) == width ? width : 0
        }
        return 0
    }

    /// U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F and U+3000: Unicode's white space of three bytes.
    private static func isWideSpace(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second) {
        case (0xE1, 0x9A): third == 0x80
        case (0xE2, 0x80): (third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 || third == 0xAF
        case (0xE2, 0x81): third == 0x9F
        case (0xE3, 0x80): third == 0x80
        default: false
        }
    }
}
