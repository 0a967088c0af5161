// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGText

/// Adds to fused scores what title, headings and age say. Pure and deterministic.
///
/// The score becomes `(1 - w) · (fused + t · title + h · heading) / (1 + t + h) + w · freshness`, where `title` and `heading` are the
/// shares of the question's words that stand there, `freshness` halves with every half-life of the passage's age, and the letters are the
/// weights that the request gives. So the scores stay between 0 and 1.
package struct ScoreAdjustment: Sendable {
    /// What was added to one passage.
    package struct Parts: Sendable, Hashable {
        package var title: Float?
        package var heading: Float?
        package var recency: Float?
        package var score: Float
    }

    private let terms: Set<UInt64>
    private let boosts: FieldBoosts
    private let recency: RecencyPreference?

    /// Nil where the request wants neither boosts nor freshness.
    package init?(question: String, boosts: FieldBoosts, recency: RecencyPreference?) {
        guard boosts != FieldBoosts() || recency != nil else { return nil }
        let content = TermExtractor().contentTerms(of: question)
        terms = Set(content.isEmpty ? TermExtractor().terms(of: question) : content)
        self.boosts = boosts
        self.recency = recency
    }

    /// The passages by their new scores, which stand in `scores.fused`, and what was added to each.
    package func apply(to passages: [Passage]) -> [(passage: Passage, parts: Parts)] {
        let adjusted = passages.map { passage in
            let parts = parts(of: passage)
            var passage = passage
            passage.scores.fused = parts.score
            return (passage: passage, parts: parts)
        }
        // The order before decides between equal scores.
        let order = adjusted.indices.sorted { left, right in
            let (a, b) = (adjusted[left].parts.score, adjusted[right].parts.score)
            return a == b ? left < right : a > b
        }
        return order.map { adjusted[$0] }
    }

    private func parts(of passage: Passage) -> Parts {
        let title = boosts.title > 0 ? share(in: [passage.source.title ?? ""]) : nil
        let heading = boosts.heading > 0 ? share(in: passage.source.headingPath) : nil
        let sum = passage.scores.fused + boosts.title * (title ?? 0) + boosts.heading * (heading ?? 0)
        var parts = Parts(title: title, heading: heading, score: sum / (1 + boosts.title + boosts.heading))
        if let recency {
            parts.recency = Self.freshness(of: passage.source.metadata, recency)
            parts.score = (1 - recency.weight) * parts.score + recency.weight * (parts.recency ?? 0)
        }
        return parts
    }

    private func share(in texts: [String]) -> Float {
        guard !terms.isEmpty else { return 0 }
        var found: Set<UInt64> = []
        for text in texts { found.formUnion(TermExtractor().terms(of: text)) }
        return Float(terms.intersection(found).count) / Float(terms.count)
    }

    /// 1 for now and later, half as much after each half-life; nil without a date. The newest of several dates counts.
    private static func freshness(of metadata: Metadata, _ recency: RecencyPreference) -> Float? {
        let moments = Filter.scalars(metadata[recency.field]).compactMap { value -> Double? in
            switch value {
            case .number(let seconds): seconds.isFinite ? seconds : nil
            case .string(let text): CivilTime.seconds(text)
            case .boolean, .list: nil
            }
        }
        guard let newest = moments.max() else { return nil }
        let halfLives = max(0, recency.now - newest) / (86_400 * recency.halfLifeDays)
        return halfLives > 100 ? 0 : Float(exp2(-halfLives))
    }

    /// 2 to the power of `exponent`, which is at least -100 and at most 0.
    private static func exp2(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.up)
        // The series of e to the power of at most 0.7 in size: fifteen terms are exact.
        let rest = (exponent - whole) * 0.693_147_180_559_945_3
        var term = 1.0
        var sum = 1.0
        for index in 1...15 {
            term *= rest / Double(index)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(whole), significand: sum)
    }
}
