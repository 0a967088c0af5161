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

    package init(k1: Float = 0.6, b: Float = 0.4) {
        self.k1 = k1
        self.b = b
    }

    /// What both stores use. Chunks are short and of even length, so neither repetition nor length says much: chosen on the training
    /// questions of SciFact.
    package static let standard = BM25Parameters()

    /// How rare a term is: `ln(1 + (N − df + 0.5) / (df + 0.5))`; never negative.
    package func idf(documentFrequency: Int, documents: Int) -> Float {
        let frequency = Double(max(0, documentFrequency))
        let total = max(Double(documents), frequency)
        return Float(log(1 + (total - frequency + 0.5) / (frequency + 0.5)))
    }

    /// What the ceiling of a question's scores has room for beside its own terms: `ln(1 + N)`, a term that nothing holds.
    package func headroom(documents: Int) -> Float { Float(log1p(Double(max(0, documents)))) }

    /// What a term's frequency in a chunk is worth, 0 up to but less than 1; `length` and `averageLength` count terms.
    @inlinable
    package func saturation(termFrequency: Float, length: Float, averageLength: Float) -> Float {
        guard termFrequency > 0 else { return 0 }
        let relativeLength = averageLength > 0 ? length / averageLength : 1
        return termFrequency / (termFrequency + k1 * (1 - b + b * relativeLength))
    }
}
