// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The words and numbers of a sentence, in order.
struct ClaimWords {
    struct Word {
        /// Lower case, apostrophes kept; empty for a number.
        var text = ""
        var number: String?
        var isPercent = false
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0

    static func words(of text: String) -> [Word] {
        var reader = ClaimWords(scalars: Array(text.lowercased().unicodeScalars))
        var words: [Word] = []
        while let word = reader.next() { words.append(word) }
        return words
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func next() -> Word? {
        while position < scalars.count {
            if Self.digit(scalars[position]) != nil { return number() }
            if scalars[position].properties.isAlphabetic { return word() }
            position += 1
        }
        return nil
    }

    /// A run of letters; digits inside it (`x86`) are part of a name, not a number.
    private mutating func word() -> Word {
        var text = ""
        while position < scalars.count {
            let scalar = scalars[position]
            let isApostrophe = scalar == "'" || scalar == "’"
            guard scalar.properties.isAlphabetic || isApostrophe || Self.digit(scalar) != nil else { break }
            text.unicodeScalars.append(scalar)
            position += 1
        }
        return Word(text: text)
    }

    private mutating func number() -> Word {
        var digits = ""
        while position < scalars.count {
            if let digit = Self.digit(scalars[position]) {
                digits.append(digit)
                position += 1
            } else if scalars[position] == ",", startsGroupOfThree(position + 1) {
                position += 1
            } else if scalars[position] == ".", position + 1 < scalars.count, Self.digit(scalars[position + 1]) != nil {
                digits.append(".")
                position += 1
            } else {
                break
            }
        }
        var word = Word(number: digits)
        if position < scalars.count, scalars[position] == "%" || scalars[position] == "％" { word.isPercent = true }
        if position + 1 < scalars.count, scalars[position] == " ", scalars[position + 1] == "%" { word.isPercent = true }
        return word
    }

    private func startsGroupOfThree(_ index: Int) -> Bool {
        guard index + 3 <= scalars.count, scalars[index..<index + 3].allSatisfy({ Self.digit($0) != nil }) else { return false }
        return index + 3 == scalars.count || Self.digit(scalars[index + 3]) == nil
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Character? {
        if scalar.value >= 0x30, scalar.value <= 0x39 { return Character(scalar) }
        guard scalar.value >= 0x80, scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue else {
            return nil
        }
        return Character(Unicode.Scalar(0x30 + min(9, UInt8(value))))
    }
}
