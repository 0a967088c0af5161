// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a text is embedded for; models with prefixes treat the two differently.
public enum EmbeddingRole: String, Sendable, Hashable, CaseIterable {
    case query
    case passage
}

/// Everything that decides what a vector means. Vectors of different spaces cannot be compared.
public struct EmbeddingSpace: Sendable, Hashable {
    /// The model's name, as configured.
    public var model: String
    /// SHA-256 of the weights and the tokenizer, hexadecimal, or the server's own name of its revision.
    public var fingerprint: String
    /// Floats per vector.
    public var dimension: Int
    /// `mean`, `cls` or `last`.
    public var pooling: String
    /// What is put before a query, then before a passage.
    public var queryPrefix: String
    public var passagePrefix: String
    /// `fp32`, `int8`…
    public var precision: String
    /// Most tokens that one text may have, special tokens and prefix included.
    public var maximumTokens: Int

    public init(
        model: String,
        fingerprint: String,
        dimension: Int,
        pooling: String,
        queryPrefix: String = "",
        passagePrefix: String = "",
        precision: String,
        maximumTokens: Int
    ) {
        self.model = model
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.pooling = pooling
        self.queryPrefix = queryPrefix
        self.passagePrefix = passagePrefix
        self.precision = precision
        self.maximumTokens = maximumTokens
    }

    /// All of it in one stable string; equal identifiers mean comparable vectors.
    public var identifier: String {
        "\(model)@\(fingerprint)/\(dimension)/\(pooling)/\(precision)/\(maximumTokens)/q=\(queryPrefix)/p=\(passagePrefix)"
    }
}

/// What chunks and vectors belong to: the embedding space and the way of chunking.
public struct Generation: Sendable, Hashable {
    public var space: EmbeddingSpace
    /// The chunker's name, version and parameters in one stable string.
    public var chunking: String

    public init(space: EmbeddingSpace, chunking: String) {
        self.space = space
        self.chunking = chunking
    }

    /// All of it in one stable string.
    public var identifier: String { "\(space.identifier)|\(chunking)" }
}

/// Vectors of equal dimension, one after the other in one buffer.
public struct EmbeddingMatrix: Sendable, Hashable {
    /// Floats per vector.
    public let dimension: Int
    /// Row-major, `count * dimension` floats; each row has length 1.
    public let values: [Float]

    public var count: Int { dimension == 0 ? 0 : values.count / dimension }

    /// Throws `unavailable` unless `values` holds whole rows of finite numbers.
    public init(dimension: Int, values: [Float]) throws(RAGError) {
        guard dimension > 0, values.count % dimension == 0 else {
            throw RAGError(.unavailable, "the embedding model returned \(values.count) floats for dimension \(dimension)")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw RAGError(.unavailable, "the embedding model returned a number that is not finite")
        }
        self.dimension = dimension
        self.values = values
    }

    /// Row `index`, `dimension` floats.
    public subscript(index: Int) -> ArraySlice<Float> { values[index * dimension..<(index + 1) * dimension] }
}

/// Where a model's tokens lie in a text.
public struct TokenSpans: Sendable, Hashable {
    /// First byte of each token, ascending, special tokens left out.
    public var starts: [Int]
    /// Byte after the last of each token.
    public var ends: [Int]

    public init(starts: [Int], ends: [Int]) {
        self.starts = starts
        self.ends = ends
    }

    public var count: Int { starts.count }
}
