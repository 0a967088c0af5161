// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit
import Testing

@testable import RAGQdrant

/// What somebody else does to the collections of a store that serves.
@Suite(.serialized, .enabled(if: QdrantProcess.isExpected, "neither the Qdrant engine nor QDRANT_URL is there"))
struct CollectionFaultTests {
    private let scope = TenantScope.singleTenant
    private let id = DocumentID(stored: "d")

    private func prepared() async throws -> QdrantStore {
        let store = try QdrantFixture.store()
        try await store.prepare(ConformanceDocument.generation)
        return store
    }

    private func search(_ store: QdrantStore) async throws(RAGError) {
        let vector = [Float](repeating: 0.1, count: ConformanceDocument.generation.space.dimension)
        _ = try await store.search(SearchRequest(vector: vector, text: "seeds", limit: 3, deadline: .after(.seconds(10))), in: scope)
    }

    private func expectUnavailable(_ body: () async throws(RAGError) -> Void) async {
        do throws(RAGError) {
            try await body()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.code == .unavailable, "\(error)")
        }
    }

    @Test func `Without its records a store does not say that there is no such document`() async throws {
        let store = try await prepared()
        try await store.records.drop()
        await expectUnavailable { () throws(RAGError) in _ = try await store.document(id, history: false, in: scope) }
        #expect(try await store.generation() == nil)
    }

    @Test func `Without its chunks a store does not say that nothing was found`() async throws {
        let store = try await prepared()
        try await store.serving().chunks.drop()
        await expectUnavailable { () throws(RAGError) in try await search(store) }
    }

    @Test func `Vectors of another dimension are the collection's fault`() async throws {
        let store = try await prepared()
        let chunks = try store.serving().chunks
        try await chunks.drop()
        try await chunks.create(indexes: []) { body in
            body.key("vectors")
            body.object { body in
                body.key(VectorName.dense)
                body.object { body in
                    body.member("size", 3)
                    body.member("distance", "Dot")
                }
            }
            body.key("sparse_vectors")
            body.object { body in
                body.key(VectorName.terms)
                body.object { body in body.member("modifier", "idf") }
            }
        }
        await expectUnavailable { () throws(RAGError) in try await search(store) }
    }
}
