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
struct LeftoverTests {
    private let scope = TenantScope(authenticated: "one")

    private func prepared() async throws -> QdrantStore {
        let store = try QdrantFixture.store()
        try await store.prepare(ConformanceDocument.generation)
        return store
    }

    /// Writes what a publish writes before it moves the head, and stops there.
    private func cutShort(_ store: QdrantStore, _ document: ConformanceDocument, ahead: Int) async throws {
        let publication = try document.publication()
        let key = DocumentKey(publication.document, in: scope)
        var head = try await store.heads.read(key)
        head.sequence += ahead
        let revision = Revision(
            document: publication.document,
            number: (head.current?.revision.number ?? 0) + 1,
            hash: publication.hash,
            createdAt: WallClock.now,
            title: nil,
            url: nil,
            metadata: [:],
            format: .plain,
            length: publication.text.utf8.count
        )
        let parts = TextParts.split(publication.text)
        let published = PublishedRevision(
            publication: PointID("cut short", String(ahead), document.text).text,
            revision: revision,
            text: PointID("cut short", String(ahead), document.text).text,
            parts: parts.count,
            previous: head.current?.publication
        )
        let chunks = try StoredChunk.paired(
            publication.chunks,
            publication.vectors,
            text: publication.text,
            dimension: publication.vectors.dimension
        )
        try await store.write(published, parts: parts, chunks: chunks, head: head, in: scope)
    }

    @Test func whatACrashLeavesIsInvisibleAndGoes() async throws {
        let store = try await prepared()
        let document = ConformanceDocument("a", "visible words\n\nmore of them")
        _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("a", "visible words anew").publication(), completing: nil, in: scope)
        let new = ConformanceDocument("a", "ghostly words\n\nof a cut short publish")
        try await cutShort(store, new, ahead: 1)
        try await cutShort(store, ConformanceDocument("b", "ghostly words of a document that never was"), ahead: 1)

        #expect(try await store.search(ConformanceDocument.lexicalRequest("ghostly"), in: scope).hits.isEmpty)
        #expect(try await store.search(ConformanceDocument.request("words"), in: scope).hits.map(\.chunk.document.rawValue) == ["a"])
        #expect(try await store.document(try DocumentID("a"), history: true, in: scope)?.revisions.map(\.number) == [1, 2])
        #expect(try await store.document(try DocumentID("b"), history: true, in: scope) == nil)
        #expect(try await store.verify().faults == [])
        // It could still be a publish under way.
        #expect(try await store.reconcile().leftovers == 0)
        let removed = try await store.reconcile(grace: .zero)
        #expect(removed.chunks == 3)
        #expect(removed.records == 4)
        #expect(try await store.reconcile(grace: .zero).leftovers == 0, "a second look finds nothing")
        #expect(try await store.text(of: try DocumentID("a"), revision: 1, in: scope)?.text == document.text)
    }

    @Test func whatCanNeverBecomeVisibleGoesAtOnce() async throws {
        let store = try await prepared()
        try await cutShort(store, ConformanceDocument("a", "too late"), ahead: 1)
        _ = try await store.publish(try ConformanceDocument("a", "the winner").publication(), completing: nil, in: scope)
        let removed = try await store.reconcile()
        #expect(removed.chunks == 1)
        #expect(removed.records == 2)
        #expect(try await store.text(of: try DocumentID("a"), revision: nil, in: scope)?.text == "the winner")
    }

    @Test func contentWithoutItsItemGoesAndWithItStays() async throws {
        let store = try await prepared()
        let source = DocumentSource(id: try DocumentID("a"), content: .text("waits", format: nil))
        _ = try await store.accept([source], in: scope)
        let key = DocumentKey(try DocumentID("b"), in: scope)
        let orphan = ContentParts.points(source, of: PointID("nobody"), key: key)
        try await store.records.upsert(orphan.points)
        #expect(try await store.reconcile().contents == 0)
        #expect(try await store.reconcile(grace: .zero).contents == 1)
        #expect(try await store.lease(5, for: .seconds(5)).map(\.source) == [source])
    }

    @Test func aLostTextIsAFault() async throws {
        let store = try await prepared()
        _ = try await store.publish(try ConformanceDocument("a", "apples").publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("b", "pears").publication(), completing: nil, in: scope)
        let serving = try store.serving()
        try await serving.chunks.delete(DocumentKey(try DocumentID("a"), in: scope).filter)
        try await store.records.delete(
            .all([DocumentKey(try DocumentID("b"), in: scope).filter, .match(Field.kind, RecordKind.text.rawValue)])
        )
        let faults = try await store.verify().faults
        #expect(faults.count == 2)
        #expect(faults.contains { $0.contains("document a") && $0.contains("chunks") })
        #expect(faults.contains { $0.contains("document b") && $0.contains("text") })
    }
}
