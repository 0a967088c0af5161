// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Tells the health registry how the language model does.
package struct ObservedGenerator: Generator {
    private let inner: any Generator
    private let health: HealthRegistry

    package init(_ inner: any Generator, health: HealthRegistry) {
        self.inner = inner
        self.health = health
        health.report("llm", .ok, detail: inner.model)
    }

    package var model: String { inner.model }

    package func generate(
        _ prompt: Prompt,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        do {
            try await inner.generate(prompt, options: options, onEvent: onEvent)
            health.report("llm", .ok, detail: model)
        } catch {
            if let error = error as? RAGError, error.code == .unavailable || error.code == .deadlineExceeded {
                health.report("llm", .degraded, detail: error.message)
            }
            throw error
        }
    }
}
