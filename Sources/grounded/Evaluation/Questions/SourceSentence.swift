// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGText

/// A sentence that could be asked about: its words and what each is in an index.
struct SourceSentence: Sendable {
    struct Word: Sendable {
        let range: Range<String.Index>
        /// What the word is indexed by; nil for words that say nothing, such as `the`.
        let term: UInt64?
    }

    /// Fewest and most words.
    static let size = 8...45
    /// A sentence that begins so speaks of what stands before it.
    private static let pointers: Set<String> = [
        "it", "its", "this", "that", "these", "those", "they", "he", "she", "we", "i", "you", "such", "here", "there", "but", "however",
        "also", "so", "thus", "hence", "and", "or",
    ]

    let text: String
    let words: [Word]

    /// nil where the sentence cannot stand for itself: too short or long, a heading, a table's row, code, or a reference to what is before it.
    init?(_ raw: Substring) {
        var rest = raw
        while let first = rest.first, "-*•>+0123456789.)( \t\n".contains(first), !rest.isEmpty {
            // A list's marker is left out, a number that begins a sentence is not.
            if first.isNumber, rest.drop(while: \.isNumber).first.map({ !".)".contains($0) }) ?? true { break }
            rest = rest.dropFirst()
        }
        let text = rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !text.hasPrefix("#"), !text.contains("|"), !text.contains("```"), !text.contains("://"), !text.contains("`") else {
            return nil
        }
        let words = Self.words(of: text)
        guard Self.size.contains(words.count), let first = words.first else { return nil }
        guard !Self.pointers.contains(text[first.range].lowercased()) else { return nil }
        self.text = text
        self.words = words
    }

    private static func words(of text: String) -> [Word] {
        let extractor = TermExtractor()
        return text.ranges(of: #/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*(?:[.,]\p{N}+)*/#).map { range in
            Word(range: range, term: extractor.contentTerms(of: String(text[range])).first)
        }
    }
}
