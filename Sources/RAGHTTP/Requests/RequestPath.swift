// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A request target, split and decoded strictly.
///
/// The path is divided at `/` before it is decoded, so an encoded slash (`%2F`) belongs to its segment: ids may hold slashes.
struct RequestPath: Sendable {
    /// Raw segments after the leading slash; `/` alone has one that is empty.
    var segments: [Substring]
    /// Raw text after `?`.
    var query: Substring?

    init(_ target: String) {
        let bytes = target.utf8
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let path = target[..<end]
        query = end == bytes.endIndex ? nil : target[bytes.index(after: end)...]
        var parts: [Substring] = []
        var start = bytes.first == UInt8(ascii: "/") ? bytes.index(after: bytes.startIndex) : bytes.startIndex
        while let slash = path.utf8[start...].firstIndex(of: UInt8(ascii: "/")) {
            parts.append(path[start..<slash])
            start = bytes.index(after: slash)
        }
        parts.append(path[start...])
        segments = parts
    }

    /// Percent-decoded text, or nil if an escape is wrong or the bytes are not UTF-8.
    /// - Parameter plusIsSpace: Whether `+` stands for a space, as in queries.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = hexadecimal(iterator.next()), let low = hexadecimal(iterator.next()) else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let byte) where byte >= 0x30 && byte <= 0x39: byte - 0x30
        case .some(let byte) where byte >= 0x41 && byte <= 0x46: byte - 0x37
        case .some(let byte) where byte >= 0x61 && byte <= 0x66: byte - 0x57
        default: nil
        }
    }
}
