// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CMarkGFM

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A heading's words, without its marks, emphasis and links.
enum HeadingText {
    /// Longest heading in bytes; what is behind is left out of heading paths.
    private static let maximumLength = 500

    static func text(of range: Range<Int>, in lines: TextLines) -> String {
        var content: [UInt8] = []
        for (offset, line) in range.enumerated() {
            if offset > 0, isUnderline(lines[line]) { continue }
            if offset > 0 { content.append(0x20) }
            content += lines[line].prefix(maximumLength)
        }
        content = Array(content.drop { $0 == 0x20 || $0 == 0x09 })
        if content.first == UInt8(ascii: "#") { content = withoutMarks(content) }
        let clipped = clip(content)
        return plain(clipped)
    }

    private static func isUnderline(_ line: ArraySlice<UInt8>) -> Bool {
        let marks = line.filter { $0 != 0x20 && $0 != 0x09 }
        guard let first = marks.first, first == UInt8(ascii: "=") || first == UInt8(ascii: "-") else { return false }
        return marks.allSatisfy { $0 == first }
    }

    private static func withoutMarks(_ content: [UInt8]) -> [UInt8] {
        Array(content.drop { $0 == UInt8(ascii: "#") }.drop { $0 == 0x20 || $0 == 0x09 })
    }

    private static func clip(_ content: [UInt8]) -> ArraySlice<UInt8> {
        guard content.count > maximumLength else { return content[...] }
        var end = maximumLength
        while end > 0, content[end] & 0xC0 == 0x80 { end -= 1 }
        return content[..<end]
    }

    /// Renders one heading by itself, which is short, so that its links and emphasis may be parsed.
    private static func plain(_ content: ArraySlice<UInt8>) -> String {
        let source = Array("# ".utf8) + content.map { $0 == 0x0A || $0 == 0x0D || $0 == 0 ? 0x20 : $0 }
        let root = source.withUnsafeBytes { buffer in
            cmark_parse_document(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, CMARK_OPT_DEFAULT)
        }
        guard let root else { return "" }
        defer { cmark_node_free(root) }
        guard let rendered = cmark_render_plaintext(root, CMARK_OPT_DEFAULT, 0) else { return "" }
        defer { free(rendered) }
        let words = String(cString: rendered).split(whereSeparator: \.isWhitespace)
        return words.joined(separator: " ")
    }
}
