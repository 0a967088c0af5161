// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGText

/// Chooses words of the best passages that tell them apart from the next ones: pseudo-relevance feedback without a language model.
package struct FeedbackTerms: Sendable {
    /// Passages that are taken for relevant.
    package var relevant = 5
    /// Passages that are read, the relevant ones included; the others say which words are common.
    package var read = 20
    /// Most words that are chosen.
    package var most = 10
    /// What the search with these words counts beside the question's own, 0 to 1.
    package var weight: Float = 0.3

    package init() {}

    /// Up to `most` words that the question does not have, best first.
    ///
    /// - Parameter passages: Best first, with their scores.
    package func words(beside question: String, from passages: [(text: String, score: Float)]) -> [String] {
        let extractor = TermExtractor()
        let known = Set(extractor.terms(of: question))
        var candidates: [UInt64: Candidate] = [:]
        for (rank, passage) in passages.prefix(read).enumerated() {
            var counts: [UInt64: (count: Int, word: String)] = [:]
            for word in Self.words(of: passage.text) {
                guard let term = extractor.contentTerms(of: word).first, !known.contains(term) else { continue }
                counts[term, default: (0, word)].count += 1
            }
            for (term, found) in counts {
                if rank < relevant {
                    let share = Float(found.count) / Float(found.count + 1)
                    candidates[term, default: Candidate(word: found.word)].weight += passage.score * share
                    candidates[term]?.relevant += 1
                }
                candidates[term]?.passages += 1
            }
        }
        let total = Float(min(passages.count, read))
        // A word of one passage alone says nothing of the others.
        let least = min(2, passages.count)
        let ranked = candidates.values.filter { $0.relevant >= least }
            .map { (word: $0.word, value: $0.weight * (1 + total - Float($0.passages)) / (1 + total)) }
            .sorted { $0.value == $1.value ? $0.word < $1.word : $0.value > $1.value }
        return ranked.prefix(most).map(\.word)
    }

    private struct Candidate {
        var word: String
        var weight: Float = 0
        var relevant = 0
        var passages = 0
    }

    /// Words that are one term each: runs of letters and digits, in scripts without spaces pairs of characters.
    private static func words(of text: String) -> [String] {
        let extractor = TermExtractor()
        var words: [String] = []
        for run in text.prefix(4_000).split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let terms = extractor.terms(of: String(run)).count
            if terms == 1 {
                if run.utf8.count > 2 { words.append(run.lowercased()) }
            } else if terms > 1 {
                let characters = Array(run)
                for index in characters.indices.dropLast() {
                    let pair = String(characters[index...index + 1])
                    if extractor.terms(of: pair).count == 1 { words.append(pair) }
                }
            }
        }
        return words
    }
}
