// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import Foundation
import RAGCore

/// Metadata as a chunk's payload holds it for filters.
///
/// Field names are anyone's choice, so they are values here, not names: one payload index serves all fields.
enum MetadataFacts {
    static let facts = "facts"
    static let numbers = "numbers"
    static let texts = "texts"

    /// The payload fields that filters ask for.
    static func payload(_ metadata: Metadata) -> [String: JSONValue] {
        var tokens: [JSONValue] = []
        var numbers: [JSONValue] = []
        var texts: [JSONValue] = []
        for (field, value) in metadata {
            tokens.append(.string(existence(of: field)))
            for scalar in Filter.scalars(value) {
                if let token = token(field, scalar) { tokens.append(.string(token)) }
                switch scalar {
                case .number(let number): numbers.append(.object(["f": .string(normal(field)), "v": .number(number)]))
                case .string(let text):
                    var levels: [String: JSONValue] = ["f": .string(normal(field))]
                    for (name, number) in zip(levelNames, self.levels(of: text)) { levels[name] = .integer(number) }
                    texts.append(.object(levels))
                case .boolean, .list: break
                }
            }
        }
        var payload: [String: JSONValue] = [:]
        if !tokens.isEmpty { payload[facts] = .array(tokens) }
        if !numbers.isEmpty { payload[self.numbers] = .array(numbers) }
        if !texts.isEmpty { payload[self.texts] = .array(texts) }
        return payload
    }

    /// Says that a field is there.
    static func existence(of field: String) -> String { shortened(normal(field) + "\u{1F}?") }

    /// Says that a field has a value, or holds it; nil for a list.
    static func token(_ field: String, _ scalar: MetadataValue) -> String? {
        switch scalar {
        case .string(let text): shortened("\(normal(field))\u{1F}s\u{1F}\(normal(text))")
        // Zero has two signs and is one number.
        case .number(let number): shortened("\(normal(field))\u{1F}n\u{1F}\(number == 0 ? 0 : number)")
        case .boolean(let value): shortened("\(normal(field))\u{1F}b\u{1F}\(value)")
        case .list: nil
        }
    }

    /// Texts are equal where Unicode says so, which the server does not know: one form for all.
    static func normal(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    /// A long token as its digest: an index of keywords is no place for documents.
    private static func shortened(_ token: String) -> String {
        guard token.utf8.count > 256 else { return token }
        return SHA256.hash(data: Array(token.utf8)).map { String($0, radix: 16) }.joined(separator: "-")
    }

    // MARK: The order of texts

    static let levelNames = ["a", "b", "c"]
    /// Bytes per level: as many as a double counts exactly.
    private static let levelLength = 6

    /// The first bytes of a text as numbers that compare, one after the other, like the text does.
    static func levels(of text: String) -> [Int64] {
        let bytes = Array(text.utf8.prefix(levelLength * levelNames.count))
        return levelNames.indices.map { level in
            (0..<levelLength).reduce(into: Int64(0)) { number, offset in
                let index = level * levelLength + offset
                number = number << 8 | Int64(index < bytes.count ? bytes[index] : 0)
            }
        }
    }
}
