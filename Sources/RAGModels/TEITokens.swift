// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// One text's tokens as Text Embeddings Inference lists them, checked against the text.
struct TEITokens {
    /// In bytes, widened to whole characters where a token ends inside one.
    let spans: TokenSpans

    /// Nil unless every token that is not special lies in the text, in order, where its own text stands.
    init?(_ list: JSONValue, of text: String, unit: TEITokenizer.Unit) {
        guard let tokens = list.array else { return nil }
        let bytes = Array(text.utf8)
        var starts: [Int] = []
        var ends: [Int] = []
        starts.reserveCapacity(tokens.count)
        ends.reserveCapacity(tokens.count)
        let characters = unit == .characters ? Self.characterStarts(bytes) : []
        var last = 0
        for token in tokens {
            if token["special"]?.bool == true { continue }
            guard let first = Self.place(token["start"], unit, characters, bytes.count),
                let end = Self.place(token["stop"], unit, characters, bytes.count),
                last <= first, first <= end
            else { return nil }
            guard let said = token["text"]?.string, said == String(decoding: bytes[first..<end], as: UTF8.self) else { return nil }
            last = first
            starts.append(Self.aligned(first, in: bytes, up: false))
            ends.append(Self.aligned(end, in: bytes, up: true))
        }
        spans = TokenSpans(starts: starts, ends: ends)
    }

    /// The byte that a position means.
    private static func place(_ value: JSONValue?, _ unit: TEITokenizer.Unit, _ characters: [Int], _ count: Int) -> Int? {
        guard let number = value?.integer, number >= 0, let place = Int(exactly: number) else { return nil }
        switch unit {
        case .bytes: return place <= count ? place : nil
        case .characters: return place < characters.count ? characters[place] : nil
        }
    }

    /// The first byte of each character, and the end.
    private static func characterStarts(_ bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }

    private static func aligned(_ offset: Int, in bytes: [UInt8], up: Bool) -> Int {
        var offset = offset
        while offset > 0, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += up ? 1 : -1 }
        return offset
    }
}
