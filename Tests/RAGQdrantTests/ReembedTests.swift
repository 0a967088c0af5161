// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit
import Synchronization
import Testing

@testable import RAGQdrant

@Suite(.serialized, .enabled(if: QdrantProcess.isExpected, "neither the Qdrant engine nor QDRANT_URL is there"))
struct ReembedTests {
    private let scope = TenantScope(authenticated: "one")

    /// The whole text as one chunk: another way of chunking.
    private static func whole(_ revision: Revision, _ text: String) throws -> (chunks: [Chunk], vectors: EmbeddingMatrix) {
        let dimension = ConformanceDocument.generation.space.dimension
        let vector = HashingEmbeddingProvider.vector(of: text, dimension: dimension)
        return ([Chunk(ordinal: 0, range: 0..<text.utf8.count)], try EmbeddingMatrix(dimension: dimension, values: vector))
    }

    private static let next = Generation(space: ConformanceDocument.generation.space, chunking: "whole/1")

    @Test func theOldGenerationServesUntilTheNewOneIsWholeAndTheWayBackIsOpen() async throws {
        let collection = QdrantFixture.name()
        let old = try QdrantFixture.store(collection: collection)
        try await old.prepare(ConformanceDocument.generation)
        for number in 0..<8 {
            _ = try await old.publish(
                try ConformanceDocument("d\(number)", "first part\n\nsecond part").publication(),
                completing: nil,
                in: scope
            )
        }
        let other = try QdrantFixture.store(collection: collection)
        struct Stop: Error {}
        let count = Mutex(0)
        await #expect(throws: RAGError.self) {
            try await other.reembed(to: Self.next) { revision, text in
                if count.withLock({
                    $0 += 1; return $0
                }) == 4 {
                    throw Stop()
                }
                return try Self.whole(revision, text)
            }
        }
        // Half-way: the old one serves, is written to, and the new one is not in force.
        #expect(try await old.search(ConformanceDocument.lexicalRequest("second", limit: 20), in: scope).hits.count == 8)
        _ = try await old.publish(try ConformanceDocument("d0", "third part\n\nfourth part").publication(), completing: nil, in: scope)
        let refused = await #expect(throws: RAGError.self) { try await QdrantFixture.store(collection: collection).prepare(Self.next) }
        #expect(refused?.code == .incompatible)

        let again = Mutex(0)
        try await other.reembed(to: Self.next) { revision, text in
            again.withLock { $0 += 1 }
            return try Self.whole(revision, text)
        }
        // Three of eight were done; the one that was published again may be among them.
        #expect((5...6).contains(again.withLock { $0 }))
        let new = try QdrantFixture.store(collection: collection)
        try await new.prepare(Self.next)
        #expect(try await new.search(ConformanceDocument.lexicalRequest("part", limit: 20), in: scope).hits.count == 8)
        #expect(try await new.verify().faults == [])
        // A replica of the old settings answers from its chunks and takes nothing in.
        #expect(try await old.search(ConformanceDocument.lexicalRequest("part", limit: 20), in: scope).hits.count == 16)
        let late = await #expect(throws: RAGError.self) {
            try await old.publish(try ConformanceDocument("z", "late").publication(), completing: nil, in: scope)
        }
        #expect(late?.code == .unavailable)
        _ = try await new.accept([DocumentSource(id: try DocumentID("w"), content: .text("waits", format: nil))], in: scope)
        #expect(try await old.lease(1, for: .seconds(1)).isEmpty)
        #expect(try await new.lease(1, for: .seconds(1)).count == 1)

        // Back again: only what was published since has to be filled in.
        _ = try await new.withdraw(try DocumentID("d7"), in: scope)
        let back = Mutex(0)
        try await other.reembed(to: ConformanceDocument.generation) { _, _ in
            back.withLock { $0 += 1 }
            throw Stop()
        }
        #expect(back.withLock { $0 } == 0)
        #expect(try await old.search(ConformanceDocument.lexicalRequest("part", limit: 20), in: scope).hits.count == 14)
        #expect(try await old.prune() == 1)
        #expect(try await old.search(ConformanceDocument.lexicalRequest("part", limit: 20), in: scope).hits.count == 14)
        #expect(try await old.reconcile(grace: .zero).leftovers == 0)
    }
}
