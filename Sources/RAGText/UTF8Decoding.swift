// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Decoding of text that is known to be valid.
enum UTF8Decoding {
    /// The character that starts at `position` and its length; U+FFFD and 1 where none starts.
    @inline(__always)
    static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = bytes[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, position + length <= bytes.count else { return ("\u{FFFD}", 1) }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(bytes[position + offset] & 0x3F) }
        guard let scalar = Unicode.Scalar(value) else { return ("\u{FFFD}", 1) }
        return (scalar, length)
    }

    /// Where the character that ends before `position` starts.
    @inline(__always)
    static func start(before position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var start = position - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return max(0, start)
    }

    /// `range` without the white space at its ends; empty where there is nothing else.
    static func trimmed(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper {
            let (scalar, length) = scalar(in: bytes, at: lower)
            guard scalar.properties.isWhitespace else { break }
            lower += length
        }
        while upper > lower {
            let start = start(before: upper, in: bytes)
            guard scalar(in: bytes, at: start).scalar.properties.isWhitespace else { break }
            upper = start
        }
        return lower..<max(lower, upper)
    }
}
