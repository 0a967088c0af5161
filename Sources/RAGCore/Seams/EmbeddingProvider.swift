// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Turns texts into vectors.
public protocol EmbeddingProvider: Sendable {
    /// What its vectors mean.
    var space: EmbeddingSpace { get }

    /// One row per text, in order; a text's vector does not depend on its neighbours.
    ///
    /// Prefixes of the model are added here. No text may have more tokens than `space.maximumTokens`.
    /// - Throws: `deadlineExceeded`, `cancelled`, `unavailable`.
    func embed(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix

    /// Where the model's tokens lie in each text, not truncated; exact for local models, an estimate that errs towards more tokens
    /// where the model is remote.
    func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans]
}
