// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGText

/// Makes questions out of documents without a language model. Pure; the same seed makes the same questions.
///
/// A question is made of one sentence of its document, so it shares the document's words: see `docs/evaluation.md` for what it can tell
/// and what it cannot.
struct QuestionWriter: Sendable {
    /// A sentence and how much its rare words say.
    private struct Candidate {
        let document: Int
        let sentence: SourceSentence
        let weight: Double
    }

    /// Of each document's sentences the best so many are drawn from.
    private static let best = 6

    private let ids: [String]
    private let sentences: [[SourceSentence]]
    /// In how many documents a term stands.
    private let frequency: [UInt64: Int]

    init(documents: [(id: String, text: String)]) {
        let splitter = SentenceSplitter()
        let extractor = TermExtractor()
        var seen: [String: Int] = [:]
        var frequency: [UInt64: Int] = [:]
        let all = documents.map { document in
            for term in Set(extractor.contentTerms(of: document.text)) { frequency[term, default: 0] += 1 }
            let found = splitter.sentences(in: document.text).compactMap { range -> SourceSentence? in
                let utf8 = document.text.utf8
                let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
                let end = utf8.index(start, offsetBy: range.count)
                return SourceSentence(document.text[start..<end])
            }
            for text in Set(found.map(\.text)) { seen[text, default: 0] += 1 }
            return found
        }
        ids = documents.map(\.id)
        self.frequency = frequency
        // What stands in two documents asks for both.
        sentences = all.map { $0.filter { seen[$0.text] == 1 } }
    }

    /// At most `count` questions, one after another from each document that has something to ask about, then again from the first.
    func questions(_ count: Int, styles: [WrittenQuestion.Style], seed: UInt64) -> [WrittenQuestion] {
        guard !styles.isEmpty else { return [] }
        var generator = SplitMix64(state: seed)
        var pools = sentences.indices.map { document in
            sentences[document].map { Candidate(document: document, sentence: $0, weight: weight(of: $0)) }
                .sorted { $0.weight > $1.weight }.prefix(Self.best).shuffled(using: &generator)
        }
        var order = pools.indices.shuffled(using: &generator)
        var questions: [WrittenQuestion] = []
        var asked: Set<String> = []
        while !order.isEmpty, questions.count < count {
            for document in order where questions.count < count {
                guard let candidate = pools[document].popLast() else { continue }
                let style = styles[questions.count % styles.count]
                guard let question = question(candidate, style, &generator), asked.insert(question.text).inserted else { continue }
                questions.append(question)
            }
            order.removeAll { pools[$0].isEmpty }
        }
        return questions
    }

    private func question(_ candidate: Candidate, _ style: WrittenQuestion.Style, _ generator: inout SplitMix64) -> WrittenQuestion? {
        let sentence = candidate.sentence
        let id = ids[candidate.document]
        switch style {
        case .cloze:
            guard let word = hidden(in: sentence) else { return nil }
            var text = sentence.text
            text.replaceSubrange(word.range, with: "___")
            return WrittenQuestion(text: text, document: id, answer: String(sentence.text[word.range]))
        case .keywords:
            let words = sentence.words.filter { $0.term != nil }
            guard words.count >= 4 else { return nil }
            let kept = words.indices.shuffled(using: &generator).prefix(max(3, words.count / 2)).sorted()
            let text = kept.map { sentence.text[words[$0].range].lowercased() }.joined(separator: " ")
            return WrittenQuestion(text: text, document: id, answer: "")
        }
    }

    /// The word that a cloze leaves out: the rarest, numbers and names before others; never the first, whose capital says nothing.
    private func hidden(in sentence: SourceSentence) -> SourceSentence.Word? {
        func rank(_ word: SourceSentence.Word) -> Double {
            let isSpecial = sentence.text[word.range].first.map { $0.isNumber || $0.isUppercase } ?? false
            return (isSpecial ? 100 : 0) + rarity(word.term)
        }
        return sentence.words.dropFirst().filter { $0.term != nil }.max { rank($0) < rank($1) }
    }

    /// The sum of its rarest terms, each counted once.
    private func weight(of sentence: SourceSentence) -> Double {
        let rarities = Set(sentence.words.compactMap(\.term)).map { rarity($0) }.sorted(by: >)
        return rarities.prefix(6).reduce(0, +)
    }

    private func rarity(_ term: UInt64?) -> Double {
        guard let term else { return 0 }
        return log(Double(ids.count + 1) / Double((frequency[term] ?? 0) + 1)) + 0.1
    }
}
