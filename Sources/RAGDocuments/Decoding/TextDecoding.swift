// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Turns a file's bytes into text.
enum TextDecoding {
    /// UTF-8, or UTF-16 with a byte order mark.
    /// - Throws: `unreadableDocument` with the offset of the first byte that is neither.
    static func text(of bytes: [UInt8]) throws(RAGError) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), bigEndian: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), bigEndian: true) }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        throw RAGError(
            .unreadableDocument,
            "the file is not valid UTF-8 at byte \(firstInvalid(content)); send UTF-8, or UTF-16 with a byte order mark"
        )
    }

    /// Like `text(of:)`; what is not UTF-8 is read as Windows-1252 if the page or its media type says so (or says Latin-1, which
    /// browsers read the same way).
    static func html(of bytes: [UInt8], mediaType: String?) throws(RAGError) -> String {
        do throws(RAGError) {
            return try text(of: bytes)
        } catch {
            let declared = mediaType.flatMap { charset(in: Array($0.utf8)[...]) } ?? charset(in: bytes.prefix(1_024))
            guard let declared, single.contains(declared) else { throw error }
            return windows1252(bytes)
        }
    }

    private static let single: Set<String> = ["iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii"]

    /// The value behind the first `charset=`, in lower case.
    private static func charset(in bytes: ArraySlice<UInt8>) -> String? {
        let word = Array("charset".utf8)
        var position = bytes.startIndex
        while position + word.count < bytes.endIndex {
            let matches = word.indices.allSatisfy { bytes[position + $0] | 0x20 == word[$0] }
            guard matches else {
                position += 1
                continue
            }
            let rest = bytes[(position + word.count)...].drop { $0 == 0x20 }
            guard rest.first == UInt8(ascii: "=") else { return nil }
            let value = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x22 || $0 == 0x27 }
            let name = value.prefix { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x3B && $0 != 0x3E && $0 != 0x2F && $0 < 0x80 }
            return String(decoding: name, as: UTF8.self).lowercased()
        }
        return nil
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) throws(RAGError) -> String {
        guard bytes.count % 2 == 0 else {
            throw RAGError(.unreadableDocument, "the file is UTF-16 but ends inside a code unit at byte \(bytes.endIndex)")
        }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return bigEndian ? first << 8 | second : second << 8 | first
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw RAGError(.unreadableDocument, "the file is not valid UTF-16 (half of a surrogate pair)")
        }
        return text
    }

    /// The offset of the first byte that does not continue valid UTF-8.
    private static func firstInvalid(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = bytes.startIndex
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += scalar.utf8.count }
        return valid
    }

    private static func windows1252(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            text.append(byte >= 0x80 && byte <= 0x9F ? highControls[Int(byte) - 0x80] : Unicode.Scalar(byte))
        }
        return String(text)
    }

    /// Windows-1252 from 0x80 to 0x9F; what it leaves undefined is U+FFFD.
    private static let highControls = Array(
        "€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ".unicodeScalars
    )
}
