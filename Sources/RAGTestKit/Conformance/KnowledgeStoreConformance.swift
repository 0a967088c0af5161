// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// What every knowledge store with its ingest log must do, as checks that throw the promise that is broken.
///
///     try await KnowledgeStoreConformance { try await MyStore.empty() }.runAll()
public struct KnowledgeStoreConformance: Sendable {
    /// Makes an empty store that nobody prepared.
    let make: @Sendable () async throws -> any KnowledgeStore & IngestLog

    public init(_ make: @escaping @Sendable () async throws -> any KnowledgeStore & IngestLog) { self.make = make }

    /// Every check, one after the other, each with a store of its own.
    public func runAll(seed: UInt64 = 1) async throws {
        try await runPreparing()
        try await runPublishing()
        try await runUpdating()
        try await runWithdrawing()
        try await runSequence()
        try await runReading()
        try await runListing()
        try await runSearching()
        try await runFilters()
        try await runTenantIsolation(operations: 2_000, seed: seed)
        try await runIngestLog()
        try await runLostLeases()
        try await runRenewal()
        try await runStrikes()
        try await runQueueOrder()
        try await runTransfer()
    }

    /// A store serves the generation that it holds, and refuses another by naming the command that changes it.
    public func runPreparing() async throws {
        let store = try await make()
        let first = ConformanceDocument.generation
        var second = first
        second.chunking = "words/2"
        try await store.prepare(second)
        try await store.prepare(first)
        _ = try await store.publish(try ConformanceDocument("a", "one two").publication(), completing: nil, in: .conformance)
        try await store.prepare(first)
        do {
            try await store.prepare(second)
            throw ConformanceFailure("a store that holds documents refuses another generation")
        } catch let error as RAGError {
            try require(error.code, equals: .incompatible, "the refusal of another generation is 'incompatible'")
            try require(error.message.contains("grounded reembed"), "the refusal names the command `grounded reembed`")
        }
        var foreign = try ConformanceDocument("b", "three four").publication()
        foreign.generation = second
        do {
            _ = try await store.publish(foreign, completing: nil, in: .conformance)
            throw ConformanceFailure("a publication of another generation is refused")
        } catch let error as RAGError {
            try require(error.code, equals: .incompatible, "a publication of another generation is 'incompatible'")
        }
    }

    /// A prepared, empty store.
    func prepared() async throws -> any KnowledgeStore & IngestLog {
        let store = try await make()
        try await store.prepare(ConformanceDocument.generation)
        return store
    }
}

extension TenantScope {
    static let conformance = TenantScope(authenticated: "conformance")
    static let other = TenantScope(authenticated: "other")
}
