// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

/// A sentence of a passage, where it stands, and its words.
package struct PassageSentence: Sendable {
    /// The passage's rank.
    package var rank: Int
    /// Bytes of the passage's text.
    package var range: Range<Int>
    package var text: String
    /// Distinct content terms.
    package var terms: Set<UInt64>

    /// The sentences of a passage in reading order, without list markers, headings' hash signs and the white space around them.
    package static func all(in passage: Passage) -> [PassageSentence] {
        let text = passage.source.text
        let extractor = TermExtractor()
        return SentenceSplitter().sentences(in: text).compactMap { range in
            guard let sentence = text.bytes(in: range) else { return nil }
            let trimmed = withoutDecoration(sentence)
            guard !trimmed.isEmpty else { return nil }
            let start = text.utf8.distance(from: text.utf8.startIndex, to: trimmed.startIndex)
            return PassageSentence(
                rank: passage.rank,
                range: start..<start + trimmed.utf8.count,
                text: String(trimmed),
                terms: Set(extractor.contentTerms(of: String(trimmed)))
            )
        }
    }

    /// Whether this can answer something: it is long enough, and more letters and digits than signs.
    func canAnswer(minimumWords: Int) -> Bool {
        if text.hasPrefix("#") || text.hasPrefix("|") { return false }
        var words = 0
        var inWord = false
        var meaningful = 0
        var others = 0
        var unspaced = 0
        for scalar in text.unicodeScalars {
            let isSpace = scalar.properties.isWhitespace
            if !isSpace, !inWord { words += 1 }
            inWord = !isSpace
            if isSpace { continue }
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { meaningful += 1 } else { others += 1 }
            if scalar.value >= 0x0E00, scalar.properties.isAlphabetic { unspaced += 1 }
        }
        // Thai, Han, kana and their like stand without spaces: two letters count as a word.
        return max(words, unspaced / 2) >= minimumWords && meaningful > others
    }

    /// Without a list marker or quote sign at the start, and without white space around it.
    static func withoutDecoration(_ sentence: Substring) -> Substring {
        var rest = trimmed(sentence)
        if let first = rest.first, first == "-" || first == "*" || first == "+" || first == "•" || first == ">",
            rest.dropFirst().first?.isWhitespace == true
        {
            rest = trimmed(rest.dropFirst(2))
        }
        let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
        if !digits.isEmpty, digits.count <= 3 {
            let after = rest[digits.endIndex...]
            if let sign = after.first, sign == "." || sign == ")", after.dropFirst().first?.isWhitespace == true {
                rest = trimmed(after.dropFirst(2))
            }
        }
        return rest
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}

extension Passage {
    /// A citation of some bytes of this passage's text, or nil if the text does not fill its range or the bytes split a character.
    func citation(of bytes: Range<Int>, marker: Int, verified: Bool) -> Citation? {
        guard source.range.count == source.text.utf8.count, let quote = source.text.bytes(in: bytes) else { return nil }
        let start = source.range.lowerBound + bytes.lowerBound
        return Citation(
            marker: marker,
            document: source.chunk.document,
            revision: source.chunk.revision,
            hash: source.hash,
            range: start..<start + bytes.count,
            quote: String(quote),
            verified: verified,
            title: source.title,
            url: source.url,
            location: location(of: bytes.lowerBound)
        )
    }

    /// Where a byte of the passage's text is found by a reader: `page 12`, `§ Terms > Retry policy`, both, or nil.
    func location(of byte: Int) -> String? {
        var parts: [String] = []
        if let page = source.page { parts.append("page \(page + PageBreaks.count(in: source.text, upTo: byte))") }
        if !source.headingPath.isEmpty { parts.append("§ " + source.headingPath.joined(separator: " > ")) }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
