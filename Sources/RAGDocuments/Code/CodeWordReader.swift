// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Reads words from the beginning of a line.
struct CodeWordReader {
    private let line: ArraySlice<UInt8>
    private var position: Int

    init(_ line: ArraySlice<UInt8>) {
        self.line = line
        position = line.startIndex
    }

    /// The next word, with an `@` before it where there is one; nil where something else stands.
    mutating func next() -> String? {
        skipSpace()
        let start = position
        if position < line.endIndex, line[position] == UInt8(ascii: "@") { position += 1 }
        while position < line.endIndex, Self.isWord(line[position]) { position += 1 }
        guard position > start else { return nil }
        // A macro's or generator's mark is part of the keyword before it.
        let end = position
        if position < line.endIndex, line[position] == UInt8(ascii: "!") || line[position] == UInt8(ascii: "*") { position += 1 }
        return String(decoding: line[start..<end], as: UTF8.self)
    }

    /// Passes over parentheses, brackets or a quoted word right behind the last word.
    mutating func skipArguments() {
        guard position < line.endIndex else { return }
        let closing: UInt8
        var next = position
        while next < line.endIndex, line[next] == 0x20 { next += 1 }
        guard next < line.endIndex else { return }
        switch line[next] {
        case UInt8(ascii: "(") where next == position: closing = UInt8(ascii: ")")
        case UInt8(ascii: "\""): closing = UInt8(ascii: "\"")
        default: return
        }
        let opening = line[next]
        var depth = 1
        next += 1
        while next < line.endIndex, depth > 0 {
            if line[next] == closing { depth -= 1 } else if line[next] == opening { depth += 1 }
            next += 1
        }
        if depth == 0 { position = next }
    }

    /// Whether a name or type parameters follow.
    var isFollowedByName: Bool {
        guard let byte = nextByte else { return false }
        return Self.isWord(byte) || "`<\"".utf8.contains(byte)
    }

    /// Whether parentheses, brackets or a block follow.
    var isFollowedByOpening: Bool {
        guard let byte = nextByte else { return false }
        return "({[<?".utf8.contains(byte)
    }

    /// Whether an operator's name follows, such as `==(`, and not an assignment.
    var isFollowedByOperator: Bool {
        let rest = line[position...].drop { $0 == 0x20 }
        let name = rest.prefix { "=+-/%!&|^~<>*".utf8.contains($0) }
        return !name.isEmpty && rest.dropFirst(name.count).drop { $0 == 0x20 }.first == UInt8(ascii: "(")
    }

    private var nextByte: UInt8? { line[position...].first { $0 != 0x20 && $0 != 0x09 } }

    private mutating func skipSpace() {
        while position < line.endIndex, line[position] == 0x20 || line[position] == 0x09 { position += 1 }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
