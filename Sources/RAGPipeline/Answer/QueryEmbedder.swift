// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// What answering needs of an embedding model: sentences' vectors, and queries' vectors from a cache.
package protocol QueryEmbedder: EmbeddingProvider {
    /// The query's vector, of length 1, and which tier of the cache it came from.
    ///
    /// - Parameter scope: Whose cache entries to use; nil means those of callers without a tenant.
    /// - Throws: `deadlineExceeded`, `cancelled`, `unavailable`.
    func embedQuery(
        _ text: String,
        deadline: Deadline,
        in scope: TenantScope?
    ) async throws(RAGError) -> (vector: [Float], tier: AnswerReply.CacheTier)
}

extension CachedEmbeddingProvider: QueryEmbedder {}
