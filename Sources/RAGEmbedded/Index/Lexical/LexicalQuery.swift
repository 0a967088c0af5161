// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What BM25 needs to know about the live chunks of a tenant, summed over all segments.
package struct LexicalStatistics: Sendable, Hashable {
    /// How many chunks are live.
    package private(set) var documents: Int
    /// The live chunks' token counts, summed.
    package private(set) var totalLength: Int
    private var frequencies: [UInt64: Int] = [:]

    package init(documents: Int = 0, totalLength: Int = 0) {
        self.documents = documents
        self.totalLength = totalLength
    }

    /// How many live chunks hold `term`; 0 unless a segment that was added knows the term.
    package func documentFrequency(of term: UInt64) -> Int { frequencies[term] ?? 0 }

    /// Adds a segment's share for the terms of one query.
    ///
    /// - Parameters:
    ///   - segment: The segment, deleted chunks included.
    ///   - terms: The terms asked for; duplicates count once.
    ///   - documents: How many of its chunks are live.
    ///   - totalLength: The token counts of its live chunks, summed.
    ///   - deletedFrequencies: For each term, how many of its deleted chunks hold it.
    package mutating func add(
        _ segment: LexicalSegment,
        terms: [UInt64],
        documents: Int,
        totalLength: Int,
        deletedFrequencies: [UInt64: Int32] = [:]
    ) {
        self.documents += documents
        self.totalLength += totalLength
        for (position, term) in terms.enumerated() where !terms[..<position].contains(term) {
            let live = segment.documentFrequency(of: term) - Int(deletedFrequencies[term] ?? 0)
            if live > 0 { frequencies[term, default: 0] += live }
        }
    }

    /// Adds to one term's count, for chunks that are in no segment.
    package mutating func add(term: UInt64, documentFrequency: Int) { frequencies[term, default: 0] += documentFrequency }

    /// How rare `term` is: `ln(1 + (N - df + 0.5) / (df + 0.5))`, more than 0.
    package func inverseDocumentFrequency(of term: UInt64) -> Float {
        Self.inverseDocumentFrequency(documents: documents, documentFrequency: documentFrequency(of: term))
    }

    static func inverseDocumentFrequency(documents: Int, documentFrequency: Int) -> Float {
        let frequency = Float(min(documentFrequency, documents))
        let ratio = (Float(documents) - frequency + 0.5) / (frequency + 0.5)
        return log1p(ratio)
    }
}

/// A question as weighted terms, ready to be asked of every segment of a tenant.
///
/// The terms stand in one fixed order, heaviest first, and every way of scoring adds their shares in this order, so that the
/// pruned search, the single score and the exhaustive reference agree to the last bit.
package struct LexicalQuery: Sendable, Hashable {
    /// A distinct term and what it is worth.
    package struct Term: Sendable, Hashable {
        package let hash: UInt64
        /// `idf * occurrences in the query * (k1 + 1)`, more than 0.
        package let weight: Float
        /// Its idf.
        package let rarity: Float
    }

    /// The distinct terms that live chunks hold, heaviest first.
    package let terms: [Term]
    /// The idf of all distinct terms together, those that no live chunk holds too.
    package let totalRarity: Float
    /// The score that no chunk reaches: all terms as often as can be, and one more that is as rare as can be.
    package let ceiling: Float
    /// `k1 * (1 - b)`, never quite 0, so that a term that is absent adds 0 and not a quotient of zeros.
    let normBase: Float
    /// `k1 * b / average length`.
    let normSlope: Float

    /// Weighs the terms of a question.
    ///
    /// - Parameters:
    ///   - terms: Hashes of the question's tokens; a token that occurs twice counts twice.
    ///   - statistics: Of the live chunks, with every segment added for these terms.
    ///   - k1: How late repeated occurrences stop counting, 0 or more.
    ///   - b: How much long chunks are held back, 0 to 1.
    package init(terms: [UInt64], statistics: LexicalStatistics, k1: Float, b: Float) {
        precondition(k1 >= 0 && b >= 0 && b <= 1, "BM25 takes k1 >= 0 and 0 <= b <= 1")
        var counts: [UInt64: Int] = [:]
        for term in terms { counts[term, default: 0] += 1 }
        var weighted: [Term] = []
        var all: Float = 0
        var ceiling = BM25Parameters.standard.headroom(documents: statistics.documents)
        for (term, count) in counts.sorted(by: { $0.key < $1.key }) {
            let rarity = statistics.inverseDocumentFrequency(of: term)
            all += rarity
            ceiling += rarity * Float(count)
            guard statistics.documentFrequency(of: term) > 0 else { continue }
            weighted.append(Term(hash: term, weight: rarity * Float(count) * (k1 + 1), rarity: rarity))
        }
        weighted.sort { $0.weight != $1.weight ? $0.weight > $1.weight : $0.hash < $1.hash }
        self.terms = weighted
        totalRarity = all
        self.ceiling = ceiling * (k1 + 1)
        normBase = max(k1 * (1 - b), 1e-12)
        let averageLength = Float(statistics.totalLength) / Float(max(statistics.documents, 1))
        normSlope = averageLength > 0 ? k1 * b / averageLength : 0
    }

    /// What `frequency` occurrences in a chunk of `length` tokens add to its score.
    @inline(__always)
    func share(weight: Float, frequency: UInt8, length: Int32) -> Float {
        let occurrences = Float(Int32(frequency))
        return weight * occurrences / (occurrences + (normBase + normSlope * Float(length)))
    }
}
