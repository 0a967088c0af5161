// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension JSONValue {
    /// Deepest nesting that is read.
    public static let maximumDepth = 64
    /// Most values that are read from one document; each element, member and the whole count as one.
    public static let maximumValues = 1_000_000

    /// Parses RFC 8259 JSON strictly: valid UTF-8, no duplicate keys, no trailing bytes, at most `maximumDepth` levels and
    /// `maximumValues` values.
    /// - Throws: `malformedBody` with the byte offset.
    public init(parsing bytes: [UInt8]) throws(RAGError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

/// A recursive-descent parser over bytes; recursion is bounded by `JSONValue.maximumDepth`.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var values = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(RAGError) -> JSONValue {
        skipWhitespace()
        let value = try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw malformed("unexpected bytes after the JSON value") }
        return value
    }

    private func malformed(_ what: String) -> RAGError {
        RAGError(.malformedBody, "\(what) at byte \(position); send one well-formed JSON value in UTF-8")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(RAGError) -> JSONValue {
        guard depth < JSONValue.maximumDepth else { throw malformed("more than \(JSONValue.maximumDepth) levels of nesting") }
        values += 1
        guard values <= JSONValue.maximumValues else { throw malformed("more than \(JSONValue.maximumValues) values") }
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case nil: throw malformed("the JSON ends too early")
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(RAGError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw malformed("unknown word") }
            position += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws(RAGError) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else { throw malformed("a member name is missing") }
            let key = try string()
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw malformed("a colon is missing") }
            position += 1
            skipWhitespace()
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: key) == nil else {
                throw malformed("the member \(key.debugDescription) stands twice")
            }
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw malformed("a comma or closing brace is missing")
            }
        }
    }

    private mutating func array(depth: Int) throws(RAGError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            skipWhitespace()
            elements.append(try value(depth: depth + 1))
            skipWhitespace()
            switch current {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw malformed("a comma or closing bracket is missing")
            }
        }
    }

    private mutating func number() throws(RAGError) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let integerDigits = digits()
        guard integerDigits > 0 else { throw malformed("unexpected character") }
        let leadingZero = bytes[position - integerDigits] == UInt8(ascii: "0") && integerDigits > 1
        guard !leadingZero else { throw malformed("a number begins with 0") }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard digits() > 0 else { throw malformed("a number ends with its point") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw malformed("a number ends with its exponent sign") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw malformed("a number is out of range") }
        return .number(number)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
        return position - start
    }

    private mutating func string() throws(RAGError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            let text = try decoded(bytes[start..<position])
            position += 1
            return text
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try decoded(unescaped[...])
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &unescaped)
            case 0..<0x20: throw malformed("a control character stands in a string")
            default:
                unescaped.append(byte)
                position += 1
            }
        }
        throw malformed("a string does not end")
    }

    private func decoded(_ slice: ArraySlice<UInt8>) throws(RAGError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw malformed("invalid UTF-8 in the string that ends") }
        return text
    }

    private mutating func escape(into output: inout [UInt8]) throws(RAGError) {
        guard let byte = current else { throw malformed("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"): output.append(contentsOf: String(try unicodeEscape()).utf8)
        default: throw malformed("unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(RAGError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if first >= 0xD800, first < 0xDC00 {
            guard current == UInt8(ascii: "\\") else { throw malformed("half of a surrogate pair") }
            position += 1
            guard current == UInt8(ascii: "u") else { throw malformed("half of a surrogate pair") }
            position += 1
            let second = try hexadecimal()
            guard second >= 0xDC00, second < 0xE000 else { throw malformed("half of a surrogate pair") }
            let combined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            guard let scalar = Unicode.Scalar(combined) else { throw malformed("invalid escape") }
            return scalar
        }
        guard let scalar = Unicode.Scalar(first) else { throw malformed("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(RAGError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw malformed("invalid escape")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
