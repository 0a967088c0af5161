// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

/// An answer made of the passages' own sentences, word for word, each with its marker.
package struct ExtractiveAnswer: Sendable {
    /// A sentence of the answer and where it stands.
    package struct Part: Sendable {
        package var text: String
        package var citation: Citation
    }

    package var parts: [Part]

    /// The whole text: sentence, marker, sentence, marker.
    package var text: String {
        parts.map { "\($0.text) [\($0.citation.marker)]" }.joined(separator: " ")
    }

    /// Chooses the sentences of `passages` that answer `query` best.
    /// - Parameter queryVector: The query's vector; nil where there is none, and words alone decide.
    @concurrent
    static func choose(
        for query: String,
        queryVector: [Float]?,
        from passages: [Passage],
        vectors: SentenceVectors,
        settings: ExtractionSettings
    ) async throws(RAGError) -> ExtractiveAnswer {
        let queryTerms = Set(TermExtractor().contentTerms(of: query))
        var candidates = passages.flatMap { passage in
            PassageSentence.all(in: passage)
                .filter { $0.canAnswer(minimumWords: settings.minimumWords) }
                .map { Candidate(sentence: $0, overlap: overlap(queryTerms, $0.terms)) }
        }
        candidates.sort { $0.preselection(settings) > $1.preselection(settings) }
        candidates = Array(candidates.prefix(settings.maximumCandidates))
        let sentenceVectors = queryVector == nil ? nil : try await vectors.vectors(of: candidates.map(\.sentence.text))
        for index in candidates.indices {
            let penalty = settings.rankPenalty * Float(candidates[index].sentence.rank - 1)
            var score = candidates[index].overlap
            if let queryVector, let sentenceVectors {
                let cosine = SentenceVectors.cosine(queryVector, sentenceVectors[index])
                score = settings.denseWeight * cosine + (1 - settings.denseWeight) * score
            }
            candidates[index].score = score - penalty
        }
        return compose(best(of: candidates, settings), passages: passages)
    }

    private struct Candidate {
        var sentence: PassageSentence
        var overlap: Float
        var score: Float = 0

        func preselection(_ settings: ExtractionSettings) -> Float {
            overlap - settings.rankPenalty * Float(sentence.rank)
        }
    }

    /// The share of the question's words that the sentence has.
    private static func overlap(_ query: Set<UInt64>, _ sentence: Set<UInt64>) -> Float {
        query.isEmpty ? 0 : Float(query.intersection(sentence).count) / Float(query.count)
    }

    private static func best(of candidates: [Candidate], _ settings: ExtractionSettings) -> [Candidate] {
        let order = candidates.enumerated().sorted { left, right in
            left.element.score == right.element.score ? left.offset < right.offset : left.element.score > right.element.score
        }
        guard let first = order.first?.element, first.score > 0 else { return [] }
        // The gate has found the passages relevant, so the best sentence stands even below the floor.
        var chosen = [first]
        let least = max(settings.floor, settings.shareOfBest * first.score)
        for (_, candidate) in order.dropFirst() where candidate.score >= least {
            guard chosen.count < settings.maximumSentences else { break }
            let isDuplicate = chosen.contains { kept in
                jaccard(kept.sentence.terms, candidate.sentence.terms) >= settings.duplicateOverlap
                    || kept.sentence.text == candidate.sentence.text
            }
            if !isDuplicate { chosen.append(candidate) }
        }
        return chosen.sorted {
            ($0.sentence.rank, $0.sentence.range.lowerBound) < ($1.sentence.rank, $1.sentence.range.lowerBound)
        }
    }

    private static func jaccard(_ left: Set<UInt64>, _ right: Set<UInt64>) -> Float {
        let common = left.intersection(right).count
        let all = left.count + right.count - common
        return all == 0 ? 0 : Float(common) / Float(all)
    }

    private static func compose(_ chosen: [Candidate], passages: [Passage]) -> ExtractiveAnswer {
        let parts = chosen.compactMap { candidate -> Part? in
            let sentence = candidate.sentence
            guard let passage = passages.first(where: { $0.rank == sentence.rank }),
                let citation = passage.citation(of: sentence.range, marker: sentence.rank, verified: true)
            else { return nil }
            return Part(text: withoutMarkers(sentence.text), citation: citation)
        }
        return ExtractiveAnswer(parts: parts)
    }

    /// The source's own `[3]` would read as a marker of ours; the citation's quote keeps it.
    private static func withoutMarkers(_ text: String) -> String {
        var parser = MarkerParser()
        let segments = parser.feed(text) + parser.finish()
        return segments.reduce(into: "") { result, segment in
            if case .text(let piece) = segment { result += piece }
        }
    }
}
