// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// What every embedder must do, as checks that throw the promise that is broken.
///
///     try await EmbeddingProviderConformance(MyEmbedder()).runAll()
public struct EmbeddingProviderConformance: Sendable {
    let provider: any EmbeddingProvider
    /// The least cosine between two vectors of one text.
    let sameness: Float

    public init(_ provider: any EmbeddingProvider, sameness: Float = 0.9999) {
        self.provider = provider
        self.sameness = sameness
    }

    private static let texts = [
        "The lighthouse is 41 metres high.", "Keys are stored as salted hashes.", "naïve 数据 👩‍👩‍👧", "a",
        "The seed oats were locked in the church, and the key was given to the schoolteacher.",
    ]

    /// Every check, one after the other.
    public func runAll() async throws {
        try await runVectors()
        try await runNeighbours()
        try await runTokens()
        try await runSideBySide()
        try await runDeadline()
        try await runCancellation()
    }

    /// One finite row of length 1 per text, in order, the same every time.
    public func runVectors() async throws {
        try require(!provider.space.model.isEmpty && provider.space.dimension > 0, "a space has a model and a dimension")
        let none = try await provider.embed([], as: .passage, deadline: .never)
        try require(none.count, equals: 0, "no texts have no vectors")
        for role in [EmbeddingRole.query, .passage] {
            let first = try await rows(Self.texts, role)
            try near(try await rows(Self.texts, role), first, "the same texts have the same vectors again")
            let backwards = Array(try await rows(Self.texts.reversed(), role).reversed())
            try near(backwards, first, "vectors come in the order of the texts")
            for (index, row) in first.enumerated() {
                try require(row.allSatisfy(\.isFinite), "numbers are finite")
                try require(abs(dot(row, row) - 1) < 1e-3, "vector \(index) has length 1, not \(dot(row, row).squareRoot())")
            }
            try require(dot(first[0], first[4]) < 0.999, "different texts have different vectors")
        }
    }

    /// A text's vector does not depend on the texts beside it.
    public func runNeighbours() async throws {
        let together = try await rows(Self.texts, .passage)
        for (index, text) in Self.texts.enumerated() {
            try near(try await rows([text], .passage), [together[index]], "\"\(text)\" has the same vector alone and among others")
        }
    }

    /// Tokens lie within their texts, one after the other.
    public func runTokens() async throws {
        let spans = try await provider.tokenSpans(of: Self.texts + [""], deadline: .never)
        try require(spans.count, equals: Self.texts.count + 1, "there are spans for each text")
        for (text, spans) in zip(Self.texts, spans) {
            try require(spans.starts.count == spans.ends.count && !spans.starts.isEmpty, "\"\(text)\" has tokens")
            try require(
                zip(spans.starts, spans.ends).allSatisfy { 0 <= $0 && $0 <= $1 && $1 <= text.utf8.count },
                "tokens lie in \"\(text)\""
            )
            try require(zip(spans.starts, spans.starts.dropFirst()).allSatisfy { $0 <= $1 }, "tokens of \"\(text)\" are in order")
        }
    }

    /// Calls side by side do not touch each other.
    public func runSideBySide() async throws {
        let alone = try await rows(Self.texts, .passage)
        try await withThrowingTaskGroup(of: [[Float]].self) { group in
            for _ in 0..<8 { group.addTask { try await rows(Self.texts, .passage) } }
            for try await found in group { try near(found, alone, "calls side by side give the vectors of a call alone") }
        }
    }

    /// A deadline that has passed is an error.
    public func runDeadline() async throws {
        do throws(RAGError) {
            _ = try await provider.embed(Self.texts, as: .query, deadline: .after(.zero))
        } catch {
            return try require(error.code, equals: .deadlineExceeded, "a deadline that has passed is `deadlineExceeded`")
        }
        throw ConformanceFailure("a deadline that has passed is an error")
    }

    /// A cancelled call is `cancelled`, or has been finished all the same; the next one works.
    public func runCancellation() async throws {
        let provider = provider
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(RAGError) {
                    _ = try await provider.embed(
                        [String](repeating: Self.texts[4], count: 64),
                        as: .passage,
                        deadline: .after(.seconds(60))
                    )
                } catch {
                    try require(error.code, equals: .cancelled, "a call whose task was cancelled is `cancelled`")
                }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        _ = try await rows(Self.texts, .query)
    }

    private func rows(_ texts: [String], _ role: EmbeddingRole) async throws -> [[Float]] {
        let matrix = try await provider.embed(texts, as: role, deadline: .never)
        try require(matrix.count, equals: texts.count, "there are as many vectors as texts")
        try require(matrix.dimension, equals: provider.space.dimension, "vectors have the space's dimension")
        return (0..<matrix.count).map { Array(matrix.values[$0 * matrix.dimension..<($0 + 1) * matrix.dimension]) }
    }

    private func near(_ rows: [[Float]], _ others: [[Float]], _ promise: String) throws {
        try require(rows.count == others.count && zip(rows, others).allSatisfy { dot($0, $1) >= sameness }, promise)
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
