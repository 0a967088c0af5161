// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit
import Testing

@testable import RAGQdrant

@Suite(.serialized, .enabled(if: QdrantProcess.isExpected, "neither the Qdrant engine nor QDRANT_URL is there"))
struct StoreConformanceTests {
    private let conformance = KnowledgeStoreConformance { try QdrantFixture.store() }

    @Test func preparing() async throws { try await conformance.runPreparing() }
    @Test func publishing() async throws { try await conformance.runPublishing() }
    @Test func updating() async throws { try await conformance.runUpdating() }
    @Test func withdrawing() async throws { try await conformance.runWithdrawing() }
    @Test func sequence() async throws { try await conformance.runSequence() }
    @Test func reading() async throws { try await conformance.runReading() }
    @Test func listing() async throws { try await conformance.runListing() }
    @Test func searching() async throws { try await conformance.runSearching() }
    @Test func filters() async throws { try await conformance.runFilters() }
    @Test func ingestLog() async throws { try await conformance.runIngestLog() }
    @Test func lostLeases() async throws { try await conformance.runLostLeases() }
    @Test func strikes() async throws { try await conformance.runStrikes() }
    @Test func queueOrder() async throws { try await conformance.runQueueOrder() }
    @Test func renewal() async throws { try await conformance.runRenewal() }
    @Test func transfer() async throws { try await conformance.runTransfer() }

    @Test func tenantIsolation() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("tenant isolation with seed \(seed)")
        try await conformance.runTenantIsolation(operations: 2_000, seed: seed)
    }
}
