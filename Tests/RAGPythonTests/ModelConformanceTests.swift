// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPython
import RAGTestKit
import Testing

extension OneAtATime {
    @Suite("Models that come with the product", .serialized, .enabled(if: PythonFixture.hasModel), .timeLimit(.minutes(5)))
    struct ModelConformanceTests {
        @Test(arguments: [PythonHost.Isolation.inProcess(threads: 3), .workers(2)], ["int8", "fp32"])
        func theEmbedderKeepsItsPromises(isolation: PythonHost.Isolation, precision: String) async throws {
            let host = try PythonFixture.host(isolation)
            defer { host.stop() }
            let options: JSONValue = .object(["model_dir": .string(PythonFixture.model), "precision": .string(precision)])
            let embedder = try await host.embedder(options: options, deadline: .after(.seconds(60)))
            #expect(embedder.space.precision == precision)
            try await EmbeddingProviderConformance(embedder).runAll()
        }

        @Test(arguments: [PythonHost.Isolation.inProcess(threads: 2), .workers(2)])
        func lateInteractionKeepsItsPromises(isolation: PythonHost.Isolation) async throws {
            let host = try PythonFixture.host(isolation)
            defer { host.stop() }
            let reranker = try await host.reranker(
                "grounded_models.late_interaction:LateInteractionReranker",
                options: .object(["model_dir": .string(PythonFixture.model), "precision": .string("int8")]),
                deadline: .after(.seconds(60))
            )
            try await RerankerConformance(reranker, tolerance: 1e-3).runAll()
        }
    }
}
