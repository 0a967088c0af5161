// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Turns text into terms: what a document is indexed by and a question is matched with.
///
/// A term is the 64-bit hash of a normalised token, the same on every machine and in every release with the same `version`:
/// - a token is a run of letters and digits; marks belong to their letter, `_` and punctuation divide;
/// - letters are lowercased, Latin and Greek letters lose their diacritics, width and ligature variants are folded;
/// - a token of Latin letters without digits is stemmed (Porter 2, English); a closing `'s` is dropped, other apostrophes vanish;
/// - runs of Han, kana, Thai, Lao, Khmer and Burmese give overlapping pairs of characters, or the character where it stands alone;
/// - a token keeps at most 64 bytes.
///
/// The hash is FNV-1a (64 bits) over the token's UTF-8, followed by MurmurHash3's finaliser so that all bits are usable.
package struct TermExtractor: Sendable {
    /// Changes whenever the same text gives other terms, so that stored indexes are rebuilt.
    package static let version = 1

    package init() {}

    /// Every token of `text` in order, duplicates kept.
    package func terms(of text: String) -> [UInt64] { extract(text, contentOnly: false) }

    /// The terms that a question is searched for with: its content terms, or all where it has none or does not look English.
    ///
    /// In short texts, code above all, a question's "how" and "does" are rare and would drown its subject.
    package func questionTerms(of text: String) -> [UInt64] {
        let content = Self.looksEnglish(text) ? contentTerms(of: text) : []
        return content.isEmpty ? terms(of: text) : content
    }

    /// Whether no word of three letters or more has a letter outside ASCII.
    private static func looksEnglish(_ text: String) -> Bool {
        var length = 0
        var isForeign = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic {
                length += 1
                isForeign = isForeign || !scalar.isASCII
                if isForeign, length >= 3 { return false }
            } else {
                (length, isForeign) = (0, false)
            }
        }
        return true
    }

    /// Like `terms(of:)` without English stop words and without single letters and digits: what two texts must share to be about
    /// the same thing.
    package func contentTerms(of text: String) -> [UInt64] { extract(text, contentOnly: true) }

    private func extract(_ text: String, contentOnly: Bool) -> [UInt64] {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = TermScanner(bytes, contentOnly: contentOnly)
            return scanner.scan()
        }
    }
}
