// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// BM25 as Lucene computes it since version 8: without the constant factor `k1 + 1`, which changes no order.
///
/// A term adds `idf × tf / (tf + k1 × (1 − b + b × length / average length))` to a chunk's score.
package struct BM25Parameters: Sendable, Hashable {
    /// How soon repeating a term stops to matter.
    package var k1: Float
    /// How much long chunks are held back, 0 to 1.
    package var b: Float

    package init(k1: Float = 1.2, b: Float = 0.4) {
        self.k1 = k1
        self.b = b
    }

    /// What both stores use. Chunks are of even length, so length says little: on the training questions of SciFact 0.4 was as good as
    /// any `b` (nDCG@10 0.689).
    package static let standard = BM25Parameters()

    /// How rare a term is: `ln(1 + (N − df + 0.5) / (df + 0.5))`; never negative.
    package func idf(documentFrequency: Int, documents: Int) -> Float {
        let frequency = Double(max(0, documentFrequency))
        let total = max(Double(documents), frequency)
        return Float(log(1 + (total - frequency + 0.5) / (frequency + 0.5)))
    }

    /// What a term's frequency in a chunk is worth, 0 up to but less than 1; `length` and `averageLength` count terms.
    @inlinable
    package func saturation(termFrequency: Float, length: Float, averageLength: Float) -> Float {
        guard termFrequency > 0 else { return 0 }
        let relativeLength = averageLength > 0 ? length / averageLength : 1
        return termFrequency / (termFrequency + k1 * (1 - b + b * relativeLength))
    }
}
