// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText
import Synchronization

/// Decides whether the passage that a marker names supports the claim, and which of its sentences does so best.
package final class CitationCheck: Sendable {
    /// What was found about one marker.
    package struct Verdict: Sendable {
        /// The best-supporting span; nil if the marker must go.
        package var citation: Citation?
        /// 0 to 1: how well the span supports the claim.
        package var score: Float
        /// The claim fits but for a number: where the passage does not have it the marker goes; where only the quote does not have it
        /// the marker stays, and its citation is not verified.
        package var hasNumberMismatch = false
        /// The claim fits, but only one of claim and span is negated. The marker stays, and its citation is not verified.
        package var hasNegationMismatch = false
    }

    /// One or two neighbouring sentences of a passage.
    private struct Span {
        /// Positions in the list of sentences.
        var sentences: Range<Int>
        /// Bytes of the passage's text.
        var range: Range<Int>
        var terms: Set<UInt64>
        var cues: ClaimCues
        var score: Float = 0
    }

    /// By rank: the passage itself, then its neighbours that the prompt shows.
    private let passages: [Int: [Passage]]
    private let vectors: SentenceVectors
    private let settings: SupportSettings
    private let sentences = Mutex<[ChunkReference: [PassageSentence]]>([:])

    init(
        passages: some Sequence<Passage>,
        surroundings: [Int: Surroundings] = [:],
        vectors: SentenceVectors,
        settings: SupportSettings
    ) {
        let shown = passages.map { passage in
            let around = surroundings[passage.rank] ?? Surroundings()
            return (
                passage.rank,
                [passage]
                    + (around.before + around.after).map { neighbour in
                        Passage(rank: passage.rank, source: neighbour, scores: passage.scores)
                    }
            )
        }
        self.passages = Dictionary(shown) { first, _ in first }
        self.vectors = vectors
        self.settings = settings
    }

    /// - Parameter embedder: Compares sentences by meaning; words alone count where it fails.
    package convenience init(
        passages: [Passage],
        embedder: any EmbeddingProvider,
        settings: SupportSettings,
        deadline: Deadline
    ) {
        let vectors = SentenceVectors(embedder: embedder, limit: deadline.remaining, deadline: deadline)
        self.init(passages: passages, vectors: vectors, settings: settings)
    }

    /// The verdict on `marker`, cited for `claim`: its passage's own, or that of a neighbour which supports the claim better.
    /// - Throws: `cancelled` only.
    @concurrent
    package func verdict(on claim: String, marker: Int) async throws(RAGError) -> Verdict {
        var best = Verdict(citation: nil, score: 0)
        let claimTerms = Set(TermExtractor().contentTerms(of: claim))
        guard let passages = passages[marker], !claimTerms.isEmpty else { return best }
        for (index, passage) in passages.enumerated() {
            let verdict = try await verdict(on: claim, claimTerms, in: passage)
            // The rest is read only where the passage itself does not say it.
            if verdict.citation?.verified == true { return verdict }
            let isBetter = (verdict.citation != nil) == (best.citation != nil) ? verdict.score > best.score : verdict.citation != nil
            if index == 0 || isBetter { best = verdict }
        }
        return best
    }

    private func verdict(on claim: String, _ claimTerms: Set<UInt64>, in passage: Passage) async throws(RAGError) -> Verdict {
        let context = passage.source.headingPath.joined(separator: "\n") + "\n" + (passage.source.title ?? "")
        let contextTerms = Set(TermExtractor().contentTerms(of: context))
        let claimCues = ClaimCues(of: claim)
        let sentences = relevantSentences(of: passage, to: claimTerms)
        let found = try await vectors.vectors(of: [claim] + sentences.map(\.text))
        var spans = spans(of: sentences, in: passage)
        for index in spans.indices {
            let span = spans[index]
            var score = Self.share(of: claimTerms, in: span.terms, knownFrom: contextTerms)
            if let found, let claimVector = found.first {
                let cosine = Self.cosine(claimVector, found.dropFirst()[span.sentences.lowerBound + 1..<span.sentences.upperBound + 1])
                let dense = (cosine - settings.cosineFloor) / (settings.cosineCeiling - settings.cosineFloor)
                score = settings.denseWeight * min(max(dense, 0), 1) + (1 - settings.denseWeight) * score
            }
            // The shorter quote is the better one unless the longer says more.
            spans[index].score = span.sentences.count == 1 ? score : score - 0.03
        }
        let threshold = found == nil ? settings.lexicalThreshold : settings.threshold
        let supporting = spans.filter { $0.score >= threshold }
        guard let best = supporting.max(by: { Self.rank($0, claimCues) < Self.rank($1, claimCues) }) else {
            return Verdict(citation: nil, score: spans.map(\.score).max() ?? 0)
        }
        return verdict(on: claimCues, best: best, passage: passage, context: context)
    }

    private func verdict(on claim: ClaimCues, best: Span, passage: Passage, context: String) -> Verdict {
        let source = ClaimCues(of: context + "\n" + passage.source.text)
        guard claim.numbersMissing(in: source).isEmpty else {
            return Verdict(citation: nil, score: best.score, hasNumberMismatch: true)
        }
        let isNegationChanged = best.cues.negated != claim.negated
        let quoted = ClaimCues(of: context + "\n" + String(passage.source.text.bytes(in: best.range) ?? ""))
        let isNumberUnquoted = !claim.numbersMissing(in: quoted).isEmpty
        let isVerified = !isNegationChanged && !isNumberUnquoted
        guard let citation = passage.citation(of: best.range, marker: passage.rank, verified: isVerified) else {
            return Verdict(citation: nil, score: best.score)
        }
        return Verdict(
            citation: citation,
            score: best.score,
            hasNumberMismatch: isNumberUnquoted,
            hasNegationMismatch: isNegationChanged
        )
    }

    /// Where spans are nearly equal, the one with the claim's numbers and polarity is meant.
    private static func rank(_ span: Span, _ claim: ClaimCues) -> Float {
        let missing = claim.numbersMissing(in: span.cues).count
        let numbers = claim.numbers.isEmpty ? 1 : 1 - Float(missing) / Float(claim.numbers.count)
        return span.score + 0.1 * numbers + (span.cues.negated == claim.negated ? 0.02 : 0)
    }

    private func relevantSentences(of passage: Passage, to claim: Set<UInt64>) -> [PassageSentence] {
        let all = sentences.withLock { cache in
            if let known = cache[passage.source.chunk] { return known }
            let found = PassageSentence.all(in: passage)
            cache[passage.source.chunk] = found
            return found
        }
        guard all.count > settings.maximumSentences else { return all }
        let order = all.indices.sorted { left, right in
            let (a, b) = (all[left].terms.intersection(claim).count, all[right].terms.intersection(claim).count)
            return a == b ? left < right : a > b
        }
        return order.prefix(settings.maximumSentences).sorted().map { all[$0] }
    }

    private func spans(of sentences: [PassageSentence], in passage: Passage) -> [Span] {
        var spans: [Span] = []
        for index in sentences.indices {
            let first = sentences[index]
            let cues = ClaimCues(of: first.text)
            spans.append(Span(sentences: index..<index + 1, range: first.range, terms: first.terms, cues: cues))
            guard index + 1 < sentences.count else { break }
            let second = sentences[index + 1]
            // Neighbours in the list are not neighbours in the text where the list was shortened.
            guard (0...8).contains(second.range.lowerBound - first.range.upperBound) else { continue }
            let range = first.range.lowerBound..<second.range.upperBound
            let both = ClaimCues(of: String(passage.source.text.bytes(in: range) ?? ""))
            let terms = first.terms.union(second.terms)
            spans.append(Span(sentences: index..<index + 2, range: range, terms: terms, cues: both))
        }
        return spans
    }

    /// The share of the claim's words that the span has; words that only title and headings have are not asked of the span.
    private static func share(of claim: Set<UInt64>, in span: Set<UInt64>, knownFrom context: Set<UInt64>) -> Float {
        let common = claim.intersection(span)
        let asked = claim.subtracting(context.subtracting(span))
        guard !common.isEmpty, !asked.isEmpty else { return 0 }
        return Float(common.count) / Float(asked.count)
    }

    /// The cosine of the claim and the mean direction of a span's sentences.
    private static func cosine(_ claim: ArraySlice<Float>, _ sentences: ArraySlice<ArraySlice<Float>>) -> Float {
        guard let first = sentences.first else { return 0 }
        guard sentences.count > 1, let last = sentences.last else { return SentenceVectors.cosine(claim, first) }
        let sum = zip(first, last).map { $0 + $1 }
        let length = SentenceVectors.cosine(sum, sum).squareRoot()
        return length > 0 ? SentenceVectors.cosine(claim, sum) / length : 0
    }
}
