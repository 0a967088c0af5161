// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a search needs to know of a chunk or a head, in one payload field: words divided by spaces, the document's name last because it may
/// hold anything. Hundreds of them come with every query; a field each would take longer to read than the query takes.
enum Brief {
    static let field = "brief"

    /// `tenant head publication sequence revision ordinal name`
    static func chunk(_ key: DocumentKey, publication: String, sequence: Int, revision: Int, ordinal: Int) -> String {
        "\(key.tenant) \(key.head.text) \(publication) \(sequence) \(revision) \(ordinal) \(key.id.rawValue)"
    }

    /// `tenant publication sequence revision`; a withdrawn document has no publication, written `-`.
    static func head(_ key: DocumentKey, publication: String?, sequence: Int, revision: Int) -> String {
        "\(key.tenant) \(publication ?? "-") \(sequence) \(revision)"
    }

    /// Takes the next word, up to a space.
    static func word<Bytes: RandomAccessCollection>(_ rest: inout Bytes) -> Bytes.SubSequence?
    where Bytes.Element == UInt8, Bytes.SubSequence == Bytes {
        guard let end = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let word = rest[..<end]
        rest = rest[rest.index(after: end)...]
        return word
    }

    /// A number of decimal digits, or nil.
    static func number<Bytes: Collection>(_ word: Bytes) -> Int? where Bytes.Element == UInt8 {
        guard (1...18).contains(word.count) else { return nil }
        var number = 0
        for byte in word {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
