// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Hides from the Markdown parser what only matters inside a paragraph, byte for byte, so that every line keeps its number.
///
/// Only the structure of blocks is asked for, but cmark always parses what is inside them too, and there its running time can grow
/// with the square of the input. Without links, entities and emphasis in the middle of lines, and with a bound on how deep one line can
/// nest, the time is linear in the input whoever wrote it. Link reference definitions become paragraphs, so no text goes uncovered.
enum MarkdownMask {
    /// Columns in which markers of quotes, lists and headings are seen.
    private static let prefixColumns = 200

    /// `line` with everything hidden that opens no block.
    static func append(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var column = 0
        var isPrefix = true
        var previous: UInt8 = 0x0A
        for (index, byte) in zip(line.indices, line) {
            defer { previous = byte }
            if isPrefix {
                column += byte == 0x09 ? 4 : 1
                let isMarker = opensBlocks(byte)
                if isMarker, column <= prefixColumns || byte == 0x20 || byte == 0x09 {
                    output.append(byte)
                    isPrefix = byte != UInt8(ascii: "<")
                    continue
                }
                isPrefix = false
                output.append(isMarker ? UInt8(ascii: "x") : hidden(byte, after: previous, before: nil))
                continue
            }
            output.append(hidden(byte, after: previous, before: index + 1 < line.endIndex ? line[index + 1] : nil))
        }
    }

    private static func opensBlocks(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x30...0x39: true
        case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        case UInt8(ascii: ")"), UInt8(ascii: "#"), UInt8(ascii: "`"), UInt8(ascii: "~"), UInt8(ascii: "="), UInt8(ascii: "<"): true
        case UInt8(ascii: "|"), UInt8(ascii: ":"): true
        default: false
        }
    }

    private static func hidden(_ byte: UInt8, after previous: UInt8, before next: UInt8?) -> UInt8 {
        switch byte {
        case UInt8(ascii: "!"): previous == UInt8(ascii: "<") ? byte : UInt8(ascii: "x")
        case UInt8(ascii: "<"): next == UInt8(ascii: "/") ? byte : UInt8(ascii: "x")
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "_"), 0: UInt8(ascii: "x")
        case 0x0D: 0x20
        default: byte
        }
    }
}
