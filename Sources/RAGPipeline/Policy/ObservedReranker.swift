// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Reports to the health registry how a reranker is.
package struct ObservedReranker: Reranker {
    private let inner: any Reranker
    private let health: HealthRegistry

    package init(_ inner: any Reranker, health: HealthRegistry) {
        self.inner = inner
        self.health = health
        health.report("reranker", .ok, detail: inner.model)
    }

    package var model: String { inner.model }

    package func rerank(_ query: String, passages: [String], deadline: Deadline) async throws(RAGError) -> [Float?] {
        do {
            let scores = try await inner.rerank(query, passages: passages, deadline: deadline)
            health.report("reranker", .ok, detail: model)
            return scores
        } catch {
            if error.code == .unavailable { health.report("reranker", .degraded, detail: error.message) }
            throw error
        }
    }
}
