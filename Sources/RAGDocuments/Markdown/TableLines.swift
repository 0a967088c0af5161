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

    /// A table that is longer can be cut between any two rows.
    private static let wholeBytes = 800
    /// Most bytes of the names of columns.
    private static let columnBytes = 240

    /// The parts between which a table may be cut: the header with the first row, then row by row; one part for a short table.
    static func parts(of table: Range<Int>, in lines: TextLines) -> [Range<Int>] {
        let first = table.lowerBound + 3
        guard first < table.upperBound, lines.range(table).count > wholeBytes else { return [table] }
        return [table.lowerBound..<first] + (first..<table.upperBound).map { $0..<$0 + 1 }
    }

    /// The names of the columns in a header's line, divided by commas; of many only the first.
    static func columns(of header: ArraySlice<UInt8>) -> String {
        var names: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in header {
            let isBorder = byte == UInt8(ascii: "|") && !isEscaped
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if isBorder { names.append([]) } else if !isEscaped { names[names.count - 1].append(byte) }
        }
        let spaces: Set<UInt8> = [0x20, 0x09]
        var line: [UInt8] = []
        for name in names.map({ $0.drop { spaces.contains($0) }.reversed().drop { spaces.contains($0) }.reversed() }) where !name.isEmpty {
            guard line.count + name.count <= columnBytes else { break }
            if !line.isEmpty { line += Array(", ".utf8) }
            line += name
        }
        return String(decoding: line, as: UTF8.self)
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
