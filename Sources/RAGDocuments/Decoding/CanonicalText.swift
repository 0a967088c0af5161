// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The form in which a text is stored.
enum CanonicalText {
    /// `text` without byte order mark, with `\n` as its only line end.
    /// - Throws: `unreadableDocument` if it holds a NUL or nothing but white space.
    static func canonical(_ text: String) throws(RAGError) -> String {
        var text = text
        let bytes = text.withUTF8 { normalised($0) }
        if let bytes { text = String(decoding: bytes, as: UTF8.self) }
        if let offset = text.utf8.firstIndex(of: 0) {
            let position = text.utf8.distance(from: text.utf8.startIndex, to: offset)
            throw RAGError(.unreadableDocument, "the text holds a NUL at byte \(position); text has none")
        }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw RAGError(.unreadableDocument, "the document holds no text")
        }
        return text
    }

    /// Whether a file of unknown type may be indexed as text: no control characters but those of layout.
    static func looksLikeText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || ($0 >= 0x09 && $0 <= 0x0D) }
    }

    /// Nil if nothing has to change.
    private static func normalised(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        guard hasMark || bytes.contains(0x0D) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = hasMark ? 3 : 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x0D {
                if position < bytes.count, bytes[position] == 0x0A { position += 1 }
                output.append(0x0A)
            } else {
                output.append(byte)
            }
        }
        return output
    }
}
