// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Finds GitHub's tables in the lines of a paragraph.
enum TableLines {
    /// The header's line of the first table in `range`, which reaches to the paragraph's end; nil if there is none.
    ///
    /// A table is a line with cells above a line of dashes with as many cells.
    static func firstLine(in range: Range<Int>, of lines: TextLines) -> Int? {
        guard range.count > 1 else { return nil }
        for line in range.dropFirst() {
            guard let columns = delimiterColumns(lines[line]) else { continue }
            let header = lines[line - 1]
            if header.contains(UInt8(ascii: "|")), cells(of: header) == columns { return line - 1 }
        }
        return nil
    }

    /// How many cells a row of dashes has; nil for any other line.
    private static func delimiterColumns(_ line: ArraySlice<UInt8>) -> Int? {
        var hasDash = false
        for byte in line {
            switch byte {
            case UInt8(ascii: "-"): hasDash = true
            case UInt8(ascii: "|"), UInt8(ascii: ":"), 0x20, 0x09: break
            default: return nil
            }
        }
        return hasDash ? cells(of: line) : nil
    }

    private static func cells(of line: ArraySlice<UInt8>) -> Int {
        var content = line.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = content.last, last == 0x20 || last == 0x09 { content.removeLast() }
        if content.first == UInt8(ascii: "|") { content.removeFirst() }
        if content.last == UInt8(ascii: "|"), content.dropLast().last != UInt8(ascii: "\\") { content.removeLast() }
        var cells = 1
        var isEscaped = false
        for byte in content {
            if byte == UInt8(ascii: "|"), !isEscaped { cells += 1 }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return cells
    }
}
