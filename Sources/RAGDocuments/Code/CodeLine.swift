// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a line of code is, seen on its own.
enum CodeLine: Hashable {
    case blank
    case comment
    /// Stands above what it decorates.
    case decorator
    /// A directive of a preprocessor, which may stand anywhere.
    case directive
    /// Anything else, with the column where it begins.
    case code(indent: Int, CodeOpening)
}

/// What a line of code begins.
enum CodeOpening: Hashable {
    case definition(isContainer: Bool)
    /// Closes or continues what stands above it.
    case continuation
    case other
}

/// Tells lines apart, one after the other.
struct CodeLineReader {
    /// What ends the comment that the lines are in.
    private var commentEnd: [UInt8]?
    /// Bytes of a line that are looked at: definitions say what they are at their beginning.
    private static let readBytes = 400
    private static let deepestIndent = 16

    mutating func read(_ line: ArraySlice<UInt8>) -> CodeLine {
        if let end = commentEnd {
            if Self.contains(line.prefix(1 << 16), end) { commentEnd = nil }
            return .comment
        }
        var indent = 0
        var start = line.startIndex
        while start < line.endIndex, line[start] <= 0x20 {
            indent += line[start] == 0x09 ? 4 - indent % 4 : 1
            start += 1
        }
        let text = line[start...].prefix(Self.readBytes)
        guard let first = text.first else { return .blank }
        if let comment = comment(text, line) { return comment }
        if first == UInt8(ascii: "#") { return Self.isDirective(text) ? .directive : .decorator }
        if CodeWords.isDecorator(text) { return .decorator }
        // So deep, nothing is a member of a type that is followed.
        return .code(indent: indent, indent > Self.deepestIndent ? .other : CodeWords.opening(of: text))
    }

    private mutating func comment(_ text: ArraySlice<UInt8>, _ line: ArraySlice<UInt8>) -> CodeLine? {
        let pairs: [(open: StaticString, close: StaticString)] = [
            ("/*", "*/"), ("<!--", "-->"), ("{-", "-}"), ("--[[", "]]"), ("=begin", "=end"),
        ]
        for (open, close) in pairs where Self.starts(text, open) {
            let end = Self.bytes(close)
            if !Self.contains(text.dropFirst(2), end) {
                if Self.contains(line.suffix(64), end) { return .comment }
                commentEnd = end
            }
            return .comment
        }
        for mark in ["//", "--", ";;", "* ", "*/", "%%"] as [StaticString] where Self.starts(text, mark) { return .comment }
        if text.elementsEqual([UInt8(ascii: "*")]) { return .comment }
        guard text.first == UInt8(ascii: "#") else { return nil }
        // `#[…]` belongs to Rust and PHP, directives to C; any other hash begins a comment.
        return text.dropFirst().first == UInt8(ascii: "[") || Self.isDirective(text) ? nil : .comment
    }

    private static func isDirective(_ text: ArraySlice<UInt8>) -> Bool {
        let words: [StaticString] = [
            "#include", "#define", "#undef", "#if", "#else", "#elif", "#endif", "#pragma", "#import", "#error", "#warning", "#region",
            "#endregion", "#line",
        ]
        return words.contains { starts(text, $0) }
    }

    private static func bytes(_ text: StaticString) -> [UInt8] {
        Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func starts(_ text: ArraySlice<UInt8>, _ prefix: StaticString) -> Bool {
        text.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    }

    private static func contains(_ text: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        guard let first = part.first, text.count >= part.count else { return false }
        return text.indices.dropLast(part.count - 1).contains { text[$0] == first && text[$0...].starts(with: part) }
    }
}
