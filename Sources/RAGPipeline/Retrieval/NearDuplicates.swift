// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Finds passages that say the same in nearly the same words.
///
/// Two passages are the same if at least nine tenths of their runs of three words are common (Jaccard) and no word with a digit differs:
/// another number, year or version is another statement. Short passages must be equal, title and headings included, because their title
/// says what they are about. Texts of clearly different lengths are never compared, so a usual result costs nothing.
package struct NearDuplicates: Sendable {
    /// A passage that was left out, and the one that stands for it.
    package struct Dropped: Sendable {
        package var passage: Passage
        package var shown: Passage
    }

    /// The share of common runs from which two passages are the same.
    static let threshold = 0.9
    /// Words from which a passage is long.
    static let fewestWords = 24

    /// The passages in their order without those that repeat an earlier one.
    package static func collapse(_ passages: [Passage]) -> (kept: [Passage], dropped: [Dropped]) {
        // Usually there is nothing to find; then nothing is copied.
        guard let first = firstRepetition(passages) else { return (passages, []) }
        var kept = Array(passages[..<first])
        var dropped: [Dropped] = []
        var prints: [WordPrint?] = Array(repeating: nil, count: passages.count)
        var sources: [Int] = Array(0..<first)
        for index in first..<passages.count {
            let shown = sources.first { isSame(passages, $0, index, &prints) }
            if let shown {
                dropped.append(Dropped(passage: passages[index], shown: passages[shown]))
            } else {
                kept.append(passages[index])
                sources.append(index)
            }
        }
        return (kept, dropped)
    }

    private static func firstRepetition(_ passages: [Passage]) -> Int? {
        guard passages.count > 1 else { return nil }
        var prints: [WordPrint?] = Array(repeating: nil, count: passages.count)
        return passages.indices.dropFirst().first { index in
            (0..<index).contains { isSame(passages, $0, index, &prints) }
        }
    }

    private static func isSame(_ passages: [Passage], _ left: Int, _ right: Int, _ prints: inout [WordPrint?]) -> Bool {
        let (a, b) = (passages[left].source, passages[right].source)
        let (short, long) = (min(a.text.utf8.count, b.text.utf8.count), max(a.text.utf8.count, b.text.utf8.count))
        guard short * 8 >= long * 7 else { return false }
        let first = print(of: a, at: left, &prints)
        let second = print(of: b, at: right, &prints)
        guard first.words >= fewestWords, second.words >= fewestWords else {
            return a.text == b.text && a.title == b.title && a.headingPath == b.headingPath
        }
        return first.isNear(second, threshold: threshold)
    }

    private static func print(of source: PassageText, at index: Int, _ prints: inout [WordPrint?]) -> WordPrint {
        if let known = prints[index] { return known }
        let made = WordPrint(of: source.text)
        prints[index] = made
        return made
    }
}
