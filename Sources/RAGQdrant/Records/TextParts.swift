// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A canonical text as points of a bounded size: immutable, kept until the document is withdrawn.
enum TextParts {
    /// Most bytes of a part.
    static let length = 256 << 10

    /// The text's parts; none splits a character.
    static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(text)
        while rest.utf8.count > length {
            var end = rest.utf8.index(rest.utf8.startIndex, offsetBy: length)
            while end > rest.startIndex, rest.utf8[end] & 0xC0 == 0x80 { end = rest.utf8.index(before: end) }
            parts.append(String(rest[..<end]))
            rest = rest[end...]
        }
        if !rest.isEmpty || parts.isEmpty { parts.append(String(rest)) }
        return parts
    }

    static func id(of publication: String, _ part: Int) -> PointID { PointID("text", publication, String(part)) }

    /// The points of a publication's text.
    static func points(_ parts: [String], of publication: String, sequence: Int, key: DocumentKey) -> [PointWrite] {
        parts.enumerated().map { number, part in
            var payload = key.payload
            payload[Field.kind] = .string(RecordKind.text.rawValue)
            payload[Field.publication] = .string(publication)
            payload[Field.sequence] = .integer(Int64(sequence))
            payload[Field.writtenAt] = .number(WallClock.now)
            payload["part"] = .integer(Int64(number))
            payload["text"] = .string(part)
            return PointWrite(id(of: publication, number), payload)
        }
    }
}
