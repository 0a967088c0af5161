// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Reads JSON piece by piece, without making values of what nobody asks for: for answers whose shape is known and that come often.
///
/// The caller names what it expects next; anything else throws. Numbers and strings that are skipped are only found the end of.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Parameter bytes: Stay where they are for as long as the scanner is used.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Scans `bytes` with `body`.
    package static func scan<Value>(
        _ bytes: [UInt8],
        _ body: (inout JSONScanner) throws(RAGError) -> Value
    ) throws(RAGError) -> Value {
        let result: Result<Value, RAGError> = bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            do throws(RAGError) { return .success(try body(&scanner)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads an object; `member` is given each name as it is written between its quotes and reads or skips the value.
    package mutating func object(
        _ member: (inout JSONScanner, Slice<UnsafeBufferPointer<UInt8>>) throws(RAGError) -> Void
    ) throws(RAGError) {
        try expect(UInt8(ascii: "{"))
        if consume(UInt8(ascii: "}")) { return }
        repeat {
            let name = try rawString().content
            try expect(UInt8(ascii: ":"))
            try member(&self, name)
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Reads an array; `element` reads or skips each element.
    package mutating func array(_ element: (inout JSONScanner) throws(RAGError) -> Void) throws(RAGError) {
        try expect(UInt8(ascii: "["))
        if consume(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// A string as it is written between its quotes, and whether escapes are in it.
    package mutating func rawString() throws(RAGError) -> (content: Slice<UnsafeBufferPointer<UInt8>>, hasEscapes: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return (bytes[start..<position], hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            default: position += 1
            }
        }
        position = bytes.count
        throw malformed("the JSON ends too early")
    }

    /// A string.
    package mutating func string() throws(RAGError) -> String {
        let (content, hasEscapes) = try rawString()
        guard hasEscapes else { return String(decoding: content, as: UTF8.self) }
        guard let text = try JSONValue(parsing: [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]).string else {
            throw malformed("no string")
        }
        return text
    }

    /// A finite number.
    package mutating func number() throws(RAGError) -> Double {
        skipWhitespace()
        let start = position
        var digits: UInt64 = 0
        var count = 0
        var fraction = 0
        var isSimple = true
        var hasPoint = false
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        scanning: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits &* 10 &+ UInt64(bytes[position] &- UInt8(ascii: "0"))
                count += 1
                if hasPoint { fraction += 1 }
            case UInt8(ascii: "."):
                if hasPoint { isSimple = false }
                hasPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"): isSimple = false
            default: break scanning
            }
            position += 1
        }
        // Fifteen digits and a power of ten up to 22 are exact as doubles, and so is one division.
        if isSimple, count > 0, count <= 15, fraction <= 22 {
            let value = Double(digits) / Self.powers[fraction]
            return isNegative ? -value : value
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw malformed("a number was expected")
        }
        return value
    }

    /// Passes over the next value, whatever it is.
    package mutating func skip() throws(RAGError) { try skip(depth: 0) }

    /// The next value as it is written.
    package mutating func raw() throws(RAGError) -> [UInt8] {
        skipWhitespace()
        let start = position
        try skip()
        return Array(bytes[start..<position])
    }

    private mutating func skip(depth: Int) throws(RAGError) {
        guard depth < JSONValue.maximumDepth else { throw malformed("more than \(JSONValue.maximumDepth) levels of nesting") }
        skipWhitespace()
        guard position < bytes.count else { throw malformed("the JSON ends too early") }
        switch bytes[position] {
        case UInt8(ascii: "{"): try object { scanner, _ throws(RAGError) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["): try array { scanner throws(RAGError) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try rawString()
        default:
            let start = position
            while position < bytes.count, Self.isScalar(bytes[position]) { position += 1 }
            if position == start { throw malformed("a value was expected") }
        }
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    private mutating func consume(_ byte: UInt8) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(RAGError) {
        guard consume(byte) else { throw malformed("'\(Character(UnicodeScalar(byte)))' was expected") }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private func malformed(_ what: String) -> RAGError {
        RAGError(.malformedBody, "\(what) at byte \(position)")
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Whether these are the bytes of `text`.
    package func reads(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
