// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import RAGCore
import RAGText

/// A tenant's terms as dimensions of sparse vectors.
///
/// A term's dimension follows from the tenant too, so no two tenants share one: how rare a term is, even where a server counts over
/// the whole collection, says nothing about anybody else's documents.
struct TenantTerms: Sendable {
    /// The length that BM25 compares a chunk with. A collection's own average would change every stored weight with every document; this
    /// is the average of SciFact's chunks, and with `b` at 0.4 another one changes little.
    static let assumedLength: Float = 160

    private let salt: UInt64
    private let extractor = TermExtractor()

    init(_ scope: TenantScope) {
        let digest = SHA256.hash(data: Array("terms of \(scope.tenant)".utf8))
        salt = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The weights of a chunk's terms: BM25 without the rarity, which the server multiplies in when it searches.
    func weights(of text: String) -> SparseVector {
        let terms = extractor.terms(of: text)
        let length = Float(terms.count)
        return vector(of: terms) { count in
            BM25Parameters.standard.saturation(termFrequency: count, length: length, averageLength: Self.assumedLength)
        }
    }

    /// The weights of a question's terms: how often each occurs.
    func question(_ text: String) -> SparseVector { vector(of: extractor.terms(of: text)) { $0 } }

    /// The same of those terms only that are searched for.
    func searched(_ text: String) -> SparseVector { vector(of: extractor.questionTerms(of: text)) { $0 } }

    private func vector(of terms: [UInt64], weight: (Float) -> Float) -> SparseVector {
        var counts: [UInt32: Float] = [:]
        for term in terms { counts[index(of: term), default: 0] += 1 }
        let sorted = counts.sorted { $0.key < $1.key }
        return SparseVector(indices: sorted.map(\.key), values: sorted.map { weight($0.value) })
    }

    /// The finalizer of SplitMix64 over term and salt.
    private func index(of term: UInt64) -> UInt32 {
        var hash = term &+ salt
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: (hash ^ hash >> 31) >> 32)
    }
}
