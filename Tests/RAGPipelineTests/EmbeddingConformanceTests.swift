// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

/// The double and the decorators keep the promises of what they stand for.
@Suite struct EmbeddingConformanceTests {
    private let model = HashingEmbeddingProvider()

    @Test func theDoubleKeepsThePromisesOfEmbedders() async throws {
        try await EmbeddingProviderConformance(model).runAll()
    }

    @Test func theSchedulerKeepsThem() async throws {
        try await EmbeddingProviderConformance(SchedulingEmbeddingProvider(model)).runAll()
    }

    @Test func theCacheKeepsThem() async throws {
        try await EmbeddingProviderConformance(CachedEmbeddingProvider(model, capacity: 100, timeToLive: .seconds(60))).runAll()
    }
}
