// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Tells the health registry how the embedding model does.
package struct ObservedEmbeddingProvider: EmbeddingProvider {
    private let inner: any EmbeddingProvider
    private let health: HealthRegistry

    package init(_ inner: any EmbeddingProvider, health: HealthRegistry) {
        self.inner = inner
        self.health = health
        health.report("embedder", .ok, detail: inner.space.model)
    }

    package var space: EmbeddingSpace { inner.space }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        try await observed { () async throws(RAGError) in try await inner.embed(texts, as: role, deadline: deadline) }
    }

    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try await observed { () async throws(RAGError) in try await inner.tokenSpans(of: texts, deadline: deadline) }
    }

    private func observed<Value>(_ body: () async throws(RAGError) -> Value) async throws(RAGError) -> Value {
        do {
            let value = try await body()
            health.report("embedder", .ok, detail: space.model)
            return value
        } catch {
            if error.code == .unavailable { health.report("embedder", .degraded, detail: error.message) }
            throw error
        }
    }
}
