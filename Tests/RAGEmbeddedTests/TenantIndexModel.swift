// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

@testable import RAGEmbedded

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Random chunks, and searches of them in the plainest possible way.
struct TenantIndexModel {
    private(set) var chunks: [Int64: IndexedChunk] = [:]
    private var nextKey: Int64 = 1
    private var vectors: ClusteredVectors
    var generator: SeededGenerator

    static let dimension = 24

    init(seed: UInt64) {
        vectors = ClusteredVectors(dimension: Self.dimension, clusters: 6, seed: seed)
        generator = SeededGenerator(seed: seed)
    }

    mutating func randomVector() -> [Float] { vectors.next() }

    /// Few frequent terms and many rare ones.
    mutating func randomTerms(_ count: Int) -> [UInt64] {
        (0..<count).map { _ in
            let share = Double.random(in: 0..<1, using: &generator)
            return UInt64(share * share * share * 300) &* 0x9E37_79B9_7F4A_7C15
        }
    }

    mutating func add(_ count: Int) -> [IndexedChunk] {
        (0..<count).map { _ in
            let key = nextKey
            nextKey += Int64.random(in: 1...3, using: &generator)
            let chunk = IndexedChunk(
                key: key,
                reference: ChunkReference(document: DocumentID(stored: "document-\(key / 5)"), revision: 1, ordinal: Int(key)),
                terms: randomTerms(Int.random(in: 0...40, using: &generator)),
                vector: vectors.next(),
                metadata: ["parity": .number(Double(key % 2)), "group": .string("g\(key % 7)")]
            )
            chunks[key] = chunk
            return chunk
        }
    }

    mutating func remove(_ count: Int) -> [(key: Int64, terms: [UInt64])] {
        chunks.keys.sorted().shuffled(using: &generator).prefix(count).compactMap { key in
            chunks.removeValue(forKey: key).map { (key, $0.terms) }
        }
    }

    /// The chunks that a filter allows with both scores, and what share of the terms each of the best lexical hits holds.
    func scores(
        vector: [Float],
        terms: [UInt64],
        filter: Filter?
    ) -> (scores: [ChunkReference: (Double, Double)], coverages: [Double]) {
        let total = Double(chunks.count)
        let averageLength = Double(chunks.values.reduce(0) { $0 + $1.terms.count }) / max(total, 1)
        var rarity: [UInt64: Double] = [:]
        for term in Set(terms) {
            let frequency = Double(chunks.values.count { $0.terms.contains(term) })
            let idf = log1p((total - frequency + 0.5) / (frequency + 0.5))
            rarity[term] = idf
        }
        var result: [ChunkReference: (Double, Double)] = [:]
        for chunk in chunks.values where filter?.matches(chunk.metadata) ?? true {
            let dense = zip(chunk.vector, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            var lexical = 0.0
            for term in terms {
                let frequency = Double(chunk.terms.count { $0 == term })
                let norm = 0.6 * (0.6 + 0.4 * Double(chunk.terms.count) / max(averageLength, 1e-9))
                if frequency > 0 { lexical += (rarity[term] ?? 0) * 1.6 * frequency / (frequency + norm) }
            }
            result[chunk.reference] = (dense, lexical)
        }
        let all = rarity.values.reduce(0, +)
        let best = result.values.map(\.1).max() ?? 0
        let coverages = chunks.values.filter { chunk in best > 0 && (result[chunk.reference]?.1 ?? -1) > best - 1e-4 }
            .map { chunk in Set(terms).filter { chunk.terms.contains($0) }.reduce(0) { $0 + (rarity[$1] ?? 0) } / all }
        return (result, coverages.isEmpty ? [0] : coverages)
    }
}
