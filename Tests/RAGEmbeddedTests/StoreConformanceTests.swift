// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGEmbedded
import RAGTestKit
import Synchronization
import Testing

@Suite struct StoreConformanceTests {
    static let embeddedFolders = Folders()

    /// Keeps the directories of a run's stores until the process ends.
    final class Folders: Sendable {
        private let held = Mutex<[ScratchDirectory]>([])

        func make() throws -> EmbeddedStore {
            let folder = try ScratchDirectory()
            held.withLock { $0.append(folder) }
            return try folder.bareStore()
        }

        func clear() { held.withLock { $0 = [] } }
    }

    static let suites: [(String, KnowledgeStoreConformance)] = [
        ("in memory", KnowledgeStoreConformance { InMemoryKnowledgeStore() }),
        ("embedded", KnowledgeStoreConformance { try embeddedFolders.make() }),
    ]

    @Test(arguments: suites.indices) func preparesOnlyItsGeneration(_ suite: Int) async throws {
        try await Self.suites[suite].1.runPreparing()
    }

    @Test(arguments: suites.indices) func publishesAllAtOnce(_ suite: Int) async throws {
        try await Self.suites[suite].1.runPublishing()
    }

    @Test(arguments: suites.indices) func updatesMetadata(_ suite: Int) async throws {
        try await Self.suites[suite].1.runUpdating()
    }

    @Test(arguments: suites.indices) func withdrawsWithProof(_ suite: Int) async throws {
        try await Self.suites[suite].1.runWithdrawing()
    }

    @Test(arguments: suites.indices) func countsChanges(_ suite: Int) async throws {
        try await Self.suites[suite].1.runSequence()
    }

    @Test(arguments: suites.indices) func readsTheVeryBytes(_ suite: Int) async throws {
        try await Self.suites[suite].1.runReading()
    }

    @Test(arguments: suites.indices) func listsByID(_ suite: Int) async throws {
        try await Self.suites[suite].1.runListing()
    }

    @Test(arguments: suites.indices) func searches(_ suite: Int) async throws {
        try await Self.suites[suite].1.runSearching()
    }

    @Test(arguments: suites.indices) func filters(_ suite: Int) async throws {
        try await Self.suites[suite].1.runFilters()
    }

    @Test(arguments: suites.indices) func keepsTenantsApart(_ suite: Int) async throws {
        try await Self.suites[suite].1.runTenantIsolation(operations: 2_000, seed: UInt64.random(in: 0..<1 << 32))
    }

    @Test(arguments: suites.indices) func logsIngestion(_ suite: Int) async throws {
        try await Self.suites[suite].1.runIngestLog()
    }

    @Test(arguments: suites.indices) func refusesLostLeases(_ suite: Int) async throws {
        try await Self.suites[suite].1.runLostLeases()
    }

    @Test(arguments: suites.indices) func renewsLeases(_ suite: Int) async throws {
        try await Self.suites[suite].1.runRenewal()
    }

    @Test(arguments: suites.indices) func carriesDocumentsOutAndIn(_ suite: Int) async throws {
        try await Self.suites[suite].1.runTransfer()
    }

    @Test(arguments: suites.indices) func quarantinesAfterThreeStrikes(_ suite: Int) async throws {
        try await Self.suites[suite].1.runStrikes()
    }

    @Test(arguments: suites.indices) func leasesOldestFirst(_ suite: Int) async throws {
        try await Self.suites[suite].1.runQueueOrder()
    }

    @Test func digestsAsTheStandardSays() {
        #expect(
            SHA256Digest.contentHash(of: "abc").rawValue
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            SHA256Digest.contentHash(of: "").rawValue
                == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }
}
