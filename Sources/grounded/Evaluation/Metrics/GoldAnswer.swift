// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// Whether an answer says what it should: the gold answer's words stand in it, in order and together.
///
/// Case, punctuation, English articles and thousands separators do not count. Text in scripts without spaces is compared by characters.
enum GoldAnswer {
    /// Whether any of `gold` stands in `answer`.
    static func isContained(_ gold: [String], in answer: String) -> Bool {
        let words = words(of: answer)
        let spaced = " " + words.joined(separator: " ") + " "
        let dense = words.joined()
        return gold.contains { candidate in
            let wanted = Self.words(of: candidate)
            guard !wanted.isEmpty else { return false }
            if wanted.joined().unicodeScalars.contains(where: isUnspaced) { return dense.contains(wanted.joined()) }
            return spaced.contains(" " + wanted.joined(separator: " ") + " ")
        }
    }

    /// The words that count, lowercased and without diacritics.
    static func words(of text: String) -> [String] {
        let folded = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        let scalars = Array(folded.lowercased().unicodeScalars)
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func isDigit(_ index: Int) -> Bool { scalars.indices.contains(index) && ("0"..."9").contains(scalars[index]) }
        for (index, scalar) in scalars.enumerated() {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar.properties.generalCategory.isMark {
                word.append(scalar)
            } else if scalar == ".", isDigit(index - 1), isDigit(index + 1) {
                word.append(scalar)
            } else if scalar == "'" || scalar == "\u{2019}" || (scalar == "," && isDigit(index - 1) && isDigit(index + 1)) {
                continue
            } else if !word.isEmpty {
                words.append(String(word))
                word = String.UnicodeScalarView()
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words.filter { !["a", "an", "the"].contains($0) }
    }

    /// Thai, Lao, Burmese, Khmer, kana and Han: words are not divided there.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool { self == .nonspacingMark || self == .spacingMark || self == .enclosingMark }
}
