// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// The vectors of the sentences that one answer compares, each computed once; without them once the embedder has failed.
final class SentenceVectors: Sendable {
    private struct State {
        var vectors: [String: ArraySlice<Float>] = [:]
        var hasFailed = false
    }

    private let embedder: any EmbeddingProvider
    private let limit: Duration
    private let deadline: Deadline
    private let state = Mutex(State())

    init(embedder: any EmbeddingProvider, limit: Duration, deadline: Deadline) {
        self.embedder = embedder
        self.limit = limit
        self.deadline = deadline
    }

    /// Whether some comparison had to do without vectors.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// One vector per text, or nil if the embedder fails or is late.
    /// - Throws: `cancelled` only.
    func vectors(of texts: [String]) async throws(RAGError) -> [ArraySlice<Float>]? {
        let (missing, hasFailed) = state.withLock { state in
            (texts.filter { state.vectors[$0] == nil }, state.hasFailed)
        }
        if hasFailed { return nil }
        if !missing.isEmpty {
            do throws(RAGError) {
                let limit = min(deadline, .after(limit))
                let fitting = try await embedder.fitting(missing, as: .passage, deadline: limit)
                let matrix = try await embedder.embed(fitting, as: .passage, deadline: limit)
                guard matrix.count == missing.count else { throw RAGError(.unavailable, "the embedder lost a sentence") }
                state.withLock { state in
                    for (index, text) in missing.enumerated() { state.vectors[text] = matrix[index] }
                }
            } catch {
                if error.code == .cancelled { throw error }
                state.withLock { $0.hasFailed = true }
                return nil
            }
        }
        return state.withLock { state in texts.compactMap { state.vectors[$0] } }
    }

    /// The cosine of two vectors of length 1.
    static func cosine(_ left: some Collection<Float>, _ right: some Collection<Float>) -> Float {
        var sum: Float = 0
        for (a, b) in zip(left, right) { sum += a * b }
        return sum
    }
}
