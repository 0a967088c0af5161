// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Divides a long text into parts that are read one after the other.
enum TextParts {
    /// Consecutive byte ranges that make up the whole text, each of at most `limit` bytes, which must be at least 4.
    ///
    /// A part ends with a block, or with a line where the block is longer than a part, or else between two characters.
    static func ranges(of text: String, blocks: [TextBlock], limit: Int) -> [Range<Int>] {
        let length = text.utf8.count
        let ends = blocks.map(\.range.upperBound).sorted()
        var ranges: [Range<Int>] = []
        var start = 0
        var next = 0
        while length - start > limit {
            var end = start
            while next < ends.count, ends[next] <= start + limit {
                end = max(end, ends[next])
                next += 1
            }
            if end == start { end = self.end(of: text.utf8, start: start, limit: limit) }
            ranges.append(start..<end)
            start = end
        }
        return ranges + [start..<length]
    }

    /// The last line's end within `limit` bytes, or the last character's.
    private static func end(of bytes: String.UTF8View, start: Int, limit: Int) -> Int {
        let last = bytes.index(bytes.startIndex, offsetBy: start + limit)
        let first = bytes.index(bytes.startIndex, offsetBy: start)
        if let line = bytes[first..<last].lastIndex(of: 0x0A) { return start + bytes.distance(from: first, to: line) + 1 }
        var end = last
        while end > first, bytes[end] & 0xC0 == 0x80 { end = bytes.index(before: end) }
        return start + bytes.distance(from: first, to: end)
    }
}
