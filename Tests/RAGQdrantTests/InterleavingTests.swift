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
struct InterleavingTests {
    private let scope = TenantScope(authenticated: "one")
    private static let next = Generation(space: ConformanceDocument.generation.space, chunking: "whole/1")

    private static func whole(_ revision: Revision, _ text: String) throws -> (chunks: [Chunk], vectors: EmbeddingMatrix) {
        let dimension = ConformanceDocument.generation.space.dimension
        let vector = HashingEmbeddingProvider.vector(of: text, dimension: dimension)
        return ([Chunk(ordinal: 0, range: 0..<text.utf8.count)], try EmbeddingMatrix(dimension: dimension, values: vector))
    }

    private func prepared() async throws -> QdrantStore {
        let store = try QdrantFixture.store()
        try await store.prepare(ConformanceDocument.generation)
        return store
    }

    @Test func theWayBackAfterAPruneFindsEverything() async throws {
        let collection = QdrantFixture.name()
        let store = try QdrantFixture.store(collection: collection)
        try await store.prepare(ConformanceDocument.generation)
        _ = try await store.publish(try ConformanceDocument("d", "apples").publication(), completing: nil, in: scope)
        try await store.reembed(to: Self.next) { try Self.whole($0, $1) }
        #expect(try await store.prune() == 1)
        try await store.reembed(to: ConformanceDocument.generation) { try Self.whole($0, $1) }
        #expect(try await store.search(ConformanceDocument.lexicalRequest("apples"), in: scope).hits.count == 1)
    }

    @Test func aRestartAfterTheChunksWereLostDoesNotServeNothing() async throws {
        let collection = QdrantFixture.name()
        let store = try QdrantFixture.store(collection: collection)
        try await store.prepare(ConformanceDocument.generation)
        let document = ConformanceDocument("d", "apples")
        _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        try await store.serving().chunks.drop()
        let restarted = try QdrantFixture.store(collection: collection)
        let refused = await #expect(throws: RAGError.self) { try await restarted.prepare(ConformanceDocument.generation) }
        #expect(refused?.message.contains("grounded reembed") == true)
        // The remedy that the refusal names.
        try await restarted.reembed(to: ConformanceDocument.generation) { try Self.whole($0, $1) }
        let again = try QdrantFixture.store(collection: collection)
        try await again.prepare(ConformanceDocument.generation)
        #expect(try await again.search(ConformanceDocument.lexicalRequest("apples"), in: scope).hits.count == 1)
    }

    @Test func aRangeOfTextsWithALongCommonBeginningFindsWhatItAllows() async throws {
        let store = try await prepared()
        let many = (0..<2_500).map { "apples number\($0)" }.joined(separator: "\n\n")
        let beginning = "/srv/archive/documents/2024/"
        _ = try await store.publish(
            try ConformanceDocument("many", many, metadata: ["path": .string(beginning + "1")]).publication(),
            completing: nil,
            in: scope
        )
        _ = try await store.publish(
            try ConformanceDocument(
                "one",
                "apples and a lot of other words that nobody asks for",
                metadata: ["path": .string(beginning + "2")]
            )
            .publication(),
            completing: nil,
            in: scope
        )
        let filter = Filter.range(field: "path", FilterBounds(greaterThan: .string(beginning + "1")))
        let hits = try await store.search(ConformanceDocument.request("apples", filter: filter), in: scope).hits
        #expect(hits.map(\.chunk.document.rawValue) == ["one"])
    }

    @Test func aLargePublishUnderWayDoesNotHideOthers() async throws {
        let store = try await prepared()
        _ = try await store.publish(
            try ConformanceDocument("one", "apples and a lot of other words that nobody asks for").publication(),
            completing: nil,
            in: scope
        )
        let publication = try ConformanceDocument("many", (0..<2_500).map { "apples number\($0)" }.joined(separator: "\n\n")).publication()
        let key = DocumentKey(publication.document, in: scope)
        var head = try await store.heads.read(key)
        head.sequence += 1
        let revision = Revision(
            document: publication.document,
            number: 1,
            hash: publication.hash,
            createdAt: WallClock.now,
            title: nil,
            url: nil,
            metadata: [:],
            format: .plain,
            length: publication.text.utf8.count
        )
        let id = PointID("under way").text
        let published = PublishedRevision(publication: id, revision: revision, text: id, parts: 1, previous: nil)
        let chunks = try StoredChunk.paired(
            publication.chunks,
            publication.vectors,
            text: publication.text,
            dimension: publication.vectors.dimension
        )
        try await store.write(published, parts: [publication.text], chunks: chunks, head: head, in: scope)
        let hits = try await store.search(ConformanceDocument.request("apples"), in: scope).hits
        #expect(hits.map(\.chunk.document.rawValue) == ["one"])
    }

    @Test func twoSpellingsOfOneTextAreTwoTexts() async throws {
        let source = try await prepared()
        let first = "caf\u{E9} apples"
        let second = "cafe\u{301} apples"
        _ = try await source.publish(try ConformanceDocument("d", first).publication(), completing: nil, in: scope)
        _ = try await source.publish(try ConformanceDocument("d", second).publication(), completing: nil, in: scope)
        let archive = try #require(try await source.archive(of: try DocumentID("d"), in: scope))
        #expect(archive.entries.count == 2)
        let target = try await prepared()
        try await target.adopt(archive, in: scope)
        let text = try #require(try await target.text(of: try DocumentID("d"), revision: nil, in: scope)?.text)
        #expect(Array(text.utf8) == Array(second.utf8))
    }

    @Test func aDocumentWithoutItsChunksDoesNotWaitForEver() async throws {
        let store = try await prepared()
        _ = try await store.publish(try ConformanceDocument("d", "apples\n\npears").publication(), completing: nil, in: scope)
        let head = try await store.heads.read(DocumentKey(try DocumentID("d"), in: scope))
        let current = try #require(head.current)
        try await store.serving().chunks.delete(.ids([StoredChunk.id(of: current.publication, 1)]))
        do throws(RAGError) {
            _ = try await store.update(DocumentID(stored: "d"), url: "https://a", metadata: [:], completing: nil, in: scope)
        } catch { #expect(error.code != .overloaded, "a leased one is released and tried again for ever") }
    }

    @Test func workThatWasGivenBackAfterItsHeadMovedMakesReadersLook() async throws {
        let store = try await prepared()
        let source = DocumentSource(id: try DocumentID("d"), content: .text("apples", format: nil))
        _ = try await store.accept([source], in: scope)
        let work = try #require(try await store.lease(1, for: .seconds(30)).first)
        let before = try await store.sequence(in: scope)
        // Here: the head moves, the new version's write times out, the pipeline gives the lease back.
        try await store.release(work.lease)
        let again = try #require(try await store.lease(1, for: .seconds(30)).first)
        try await store.complete(again.lease, status: .unchanged)
        #expect(try await store.sequence(in: scope) != before)
    }

    @Test func aPublishThatEndsAfterAReembedIsFoundOrFails() async throws {
        let collection = QdrantFixture.name()
        let old = try QdrantFixture.store(collection: collection)
        let other = try QdrantFixture.store(collection: collection)
        try await old.prepare(ConformanceDocument.generation)
        _ = try await old.publish(try ConformanceDocument("a", "pears").publication(), completing: nil, in: scope)
        let many = try ConformanceDocument("many", (0..<4_000).map { "apples number\($0)" }.joined(separator: "\n\n")).publication()
        async let published = try? old.publish(many, completing: nil, in: scope)
        try await Task.sleep(for: .milliseconds(400))
        try await other.reembed(to: Self.next) { try Self.whole($0, $1) }
        let outcome = await published
        let new = try QdrantFixture.store(collection: collection)
        try await new.prepare(Self.next)
        let hits = try await new.search(ConformanceDocument.lexicalRequest("apples"), in: scope).hits.count
        #expect(outcome == nil || hits > 0, "acknowledged as \(String(describing: outcome?.status)), found \(hits) times")
        let record = try await new.document(try DocumentID("many"), history: false, in: scope)
        #expect(outcome == nil || record?.generation != Self.next.identifier || record?.chunks != 0, "the pipeline takes it for done")
    }

    @Test func whatAnotherChangeTookAndGaveBackCostsNoStrike() async throws {
        let store = try await prepared()
        let source = DocumentSource(id: try DocumentID("d"), content: .text("apples", format: nil))
        _ = try await store.accept([source], in: scope)
        let key = DocumentKey(source.id, in: scope)
        for _ in 0..<3 {
            _ = try await store.lease(1, for: .milliseconds(1))
            await store.items.giveBack(try await store.items.take(key))
        }
        let leased = try await store.lease(1, for: .seconds(30))
        #expect(leased.count == 1, "quarantined though nobody ever failed on it")
    }
}
