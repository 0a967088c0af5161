// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore
import Synchronization

/// An embedder without a model: each word's hash is a direction, a text is the sum of its words. Equal texts, equal vectors.
///
/// Texts that share words are near each other, so searches over it mean something. Tokens are words.
public final class HashingEmbeddingProvider: EmbeddingProvider {
    public let space: EmbeddingSpace
    private let texts = Mutex(0)

    public init(dimension: Int = 64, maximumTokens: Int = 256) {
        space = EmbeddingSpace(
            model: "hashing",
            fingerprint: "1",
            dimension: dimension,
            pooling: "mean",
            precision: "fp32",
            maximumTokens: maximumTokens
        )
    }

    /// How many texts were embedded so far.
    public var embeddedTexts: Int { texts.withLock { $0 } }

    public func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        try deadline.check("embedding")
        self.texts.withLock { $0 += texts.count }
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for text in texts { values += Self.vector(of: text, dimension: space.dimension) }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    public func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try deadline.check("tokenizing")
        return texts.map { Self.words(of: $0) }
    }

    /// A text's vector, of length 1.
    public static func vector(of text: String, dimension: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        let bytes = Array(text.utf8)
        let spans = words(of: text)
        for (start, end) in zip(spans.starts, spans.ends) {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes[start..<end] {
                let lower = byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
                hash = (hash ^ UInt64(lower)) &* 0x100_0000_01b3
            }
            for index in sum.indices {
                hash = (hash ^ (hash >> 29)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(index)
                sum[index] += Float(Int32(truncatingIfNeeded: hash >> 32)) / Float(Int32.max)
            }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return [1] + [Float](repeating: 0, count: dimension - 1) }
        return sum.map { $0 / length }
    }

    private static func words(of text: String) -> TokenSpans {
        var spans = TokenSpans(starts: [], ends: [])
        var start: Int?
        var position = 0
        for byte in text.utf8 {
            let isWord = byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
            if isWord {
                start = start ?? position
            } else if let begin = start {
                spans.starts.append(begin)
                spans.ends.append(position)
                start = nil
            }
            position += 1
        }
        if let begin = start {
            spans.starts.append(begin)
            spans.ends.append(position)
        }
        return spans
    }
}
