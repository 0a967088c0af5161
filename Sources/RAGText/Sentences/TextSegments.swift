// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The parts of a text that no sentence crosses: paragraphs, headings, list items, table rows, lines of code.
enum TextSegments {
    struct Segment {
        var range: Range<Int>
        /// One sentence as a whole: headings, table rows, lines of code.
        var isWhole: Bool
    }

    private enum Line: Equatable {
        case blank
        case text
        /// Begins a segment that the following lines go on with.
        case item
        /// A segment of its own.
        case single
        /// An underline: ends the segment above it.
        case underline
        case fence(UInt8)
    }

    /// Segments in order; they may have white space at their ends.
    static func segments(in bytes: UnsafeBufferPointer<UInt8>) -> [Segment] {
        var segments: [Segment] = []
        var open: Range<Int>?
        var fence: UInt8?
        var start = 0
        func close() {
            if let range = open { segments.append(Segment(range: range, isWhole: false)) }
            open = nil
        }
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            let range = start..<end
            let line = kind(of: range, in: bytes)
            if let marker = fence {
                segments.append(Segment(range: range, isWhole: true))
                if line == .fence(marker) { fence = nil }
            } else {
                switch line {
                case .blank: close()
                case .text: open = (open?.lowerBound ?? start)..<end
                case .item:
                    close()
                    open = range
                case .single:
                    close()
                    segments.append(Segment(range: range, isWhole: true))
                case .underline:
                    open = (open?.lowerBound ?? start)..<end
                    close()
                case .fence(let marker):
                    close()
                    segments.append(Segment(range: range, isWhole: true))
                    fence = marker
                }
            }
            start = end + 1
        }
        close()
        return segments
    }

    private static func kind(of line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Line {
        let content = UTF8Decoding.trimmed(line, in: bytes)
        guard let first = content.first.map({ bytes[$0] }) else { return .blank }
        switch first {
        case UInt8(ascii: "#"):
            let level = content.prefix { bytes[$0] == first }.count
            let follows = content.dropFirst(level).first.map { bytes[$0] } ?? 0x20
            return level <= 6 && follows == 0x20 ? .single : .text
        case UInt8(ascii: "|"): return .single
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            return content.prefix { bytes[$0] == first }.count >= 3 ? .fence(first) : .text
        case UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "_"):
            if content.count >= 2, content.allSatisfy({ bytes[$0] == first || bytes[$0] == 0x20 }) { return .underline }
            let follows = content.dropFirst().first.map { bytes[$0] } ?? 0x20
            let isBullet = first == UInt8(ascii: "-") || first == UInt8(ascii: "*") || first == UInt8(ascii: "+")
            return isBullet && (follows == 0x20 || follows == 0x09) ? .item : .text
        case 0x30...0x39:
            let digits = content.prefix { bytes[$0] >= 0x30 && bytes[$0] <= 0x39 }.count
            let rest = content.dropFirst(digits).prefix(2).map { bytes[$0] }
            let isNumbered = rest.count == 2 && (rest[0] == UInt8(ascii: ".") || rest[0] == UInt8(ascii: ")")) && rest[1] == 0x20
            return digits <= 3 && isNumbered ? .item : .text
        default: return .text
        }
    }
}
