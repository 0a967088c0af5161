// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What in a sentence changes its meaning without changing its words much: numbers and negations.
///
/// A quote may share every word with a claim and still contradict it: another number, or a `not`. These cues are looked for
/// separately, in English. Remove citation markers such as `[1]` first: they would count as numbers.
package struct ClaimCues: Sendable, Hashable {
    /// Numbers written in digits, normalised: `1,000` is `1000`, other scripts' digits are ASCII digits, signs and units are left out.
    package var numbers: Set<String>
    /// Those of `numbers` that are followed by `%`, `percent` or `per cent`.
    package var percentages: Set<String>
    /// Numbers written as words, two to ninety, in digits.
    package var spelledNumbers: Set<String>
    /// How many words negate; `not only`, `not just` and `no doubt` do not count.
    package var negations: Int

    /// Whether anything negates.
    package var negated: Bool { negations > 0 }

    package init(of text: String) {
        numbers = []
        percentages = []
        spelledNumbers = []
        negations = 0
        let words = ClaimWords.words(of: text)
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : nil
            if let number = word.number {
                numbers.insert(number)
                let isPercent =
                    word.isPercent || next?.text == "percent" || (next?.text == "per" && words.dropFirst(index + 2).first?.text == "cent")
                if isPercent { percentages.insert(number) }
            } else if let number = Self.spelled[word.text] {
                spelledNumbers.insert(number)
            } else if Self.negates(word.text, before: next?.text) {
                negations += 1
            }
        }
    }

    /// Numbers of this claim that `source` does not hold, neither in digits nor as words.
    package func numbersMissing(in source: ClaimCues) -> Set<String> {
        numbers.subtracting(source.numbers).subtracting(source.spelledNumbers)
    }

    private static func negates(_ word: String, before next: String?) -> Bool {
        if word.hasSuffix("n't") || word.hasSuffix("n’t") { return true }
        switch word {
        case "not": return next != "only" && next != "just" && next != "merely"
        case "no": return next != "doubt" && next != "matter"
        case "fail", "fails", "failed", "failing", "unable", "refuse", "refuses", "refused": return next == "to"
        default: return negatives.contains(word)
        }
    }

    private static let negatives: Set<String> = [
        "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "cannot", "cant", "dont", "doesnt", "didnt",
        "isnt", "arent", "wasnt", "werent", "wont", "wouldnt", "couldnt", "shouldnt", "hasnt", "havent", "hadnt", "lack", "lacks",
        "lacked", "lacking", "hardly", "scarcely", "absent", "absence", "incapable",
    ]

    private static let spelled: [String: String] = [
        "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
        "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
        "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60",
        "seventy": "70", "eighty": "80", "ninety": "90",
    ]
}
