// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct IngestTests {
    private let model = SteeredEmbedder()
    private let store = InMemoryKnowledgeStore()
    private let scope = TenantScope.singleTenant
    private let deadline = Deadline.after(.seconds(20))

    private func pipeline() -> IngestPipeline {
        IngestPipeline(loader: LittleLoader(), chunker: StructureAwareChunker(), embedder: model, store: store, log: store)
    }

    private func source(
        _ id: String,
        _ text: String,
        title: String? = nil,
        url: String? = nil,
        metadata: Metadata = [:]
    ) throws -> DocumentSource {
        DocumentSource(
            id: try DocumentID(id),
            title: title,
            url: url,
            metadata: metadata,
            content: .text(text, format: .plain)
        )
    }

    @Test func hashesAsEveryoneDoes() {
        #expect(
            ContentHash(of: "abc").rawValue
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    }

    @Test func indexesDocumentsInTheOrderSent() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        let sources = try (0..<7).map { try source("doc-\($0)", "Text number \($0) about retrieval.") }
        let reply = try await pipeline.ingest(sources, deadline: deadline, in: scope)
        #expect(reply.results.map(\.id.rawValue) == sources.map(\.id.rawValue))
        #expect(reply.results.allSatisfy { $0.status == .indexed && $0.revision == 1 && $0.chunks == 1 && $0.error == nil })
        #expect(reply.results.map(\.hash) == sources.indices.map { ContentHash(of: "Text number \($0) about retrieval.") })
        #expect(reply.timings.stages.map(\.name) == ["load", "chunk", "embed", "publish"])
    }

    @Test func whatIsUnchangedIsNotEmbedded() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        let document = try source("a", "Some text.", url: "https://example.org")
        _ = try await pipeline.ingest([document], deadline: deadline, in: scope)
        let calls = model.calls.count
        let again = try await pipeline.ingest([document], deadline: deadline, in: scope)
        #expect(again.results.map(\.status) == [.unchanged])
        #expect(again.results.map(\.revision) == [1])
        #expect(model.calls.count == calls)
    }

    @Test func whatIsUnchangedStillGoesBeforeWhatWaited() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        let document = try source("a", "The second text.")
        _ = try await pipeline.ingest([document], deadline: deadline, in: scope)
        _ = try await store.accept([try source("a", "The first text.")], in: scope)
        let again = try await pipeline.ingest([document], deadline: deadline, in: scope)
        #expect(again.results.map(\.status) == [.unchanged])
        #expect(try await store.lease(1, for: .seconds(60)).isEmpty, "an older version must not come on top of an acknowledged one")
    }

    @Test func metadataAloneIsUpdatedWithoutEmbedding() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        _ = try await pipeline.ingest([try source("a", "Some text.")], deadline: deadline, in: scope)
        let calls = model.calls.count
        let changed = try source("a", "Some text.", metadata: ["lang": .string("en")])
        let reply = try await pipeline.ingest([changed], deadline: deadline, in: scope)
        #expect(reply.results.map(\.status) == [.updated])
        #expect(model.calls.count == calls)
        let record = try await store.document(try DocumentID("a"), history: false, in: scope)
        #expect(record?.current.metadata == ["lang": .string("en")])
    }

    @Test func aNewTitleIsEmbeddedAgain() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        _ = try await pipeline.ingest([try source("a", "Some text.", title: "Old")], deadline: deadline, in: scope)
        let calls = model.calls.count
        let reply = try await pipeline.ingest([try source("a", "Some text.", title: "New")], deadline: deadline, in: scope)
        #expect(reply.results.first?.status != .unchanged)
        #expect(model.calls.count > calls)
        #expect(model.calls.last?.texts == ["New\nSome text."])
    }

    @Test func oneBadDocumentFailsAlone() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        let sources = [try source("a", "fine"), try source("b", "unreadable"), try source("c", "fine too")]
        let reply = try await pipeline.ingest(sources, deadline: deadline, in: scope)
        #expect(reply.results.map(\.status) == [.indexed, .failed, .indexed])
        #expect(reply.results[1].error?.code == .unreadableDocument)
    }

    @Test func anIdSentTwiceIsNamed() async throws {
        let pipeline = pipeline()
        let sources = [try source("a", "one"), try source("b", "two"), try source("a", "three")]
        let error = await #expect(throws: RAGError.self) {
            try await pipeline.ingest(sources, deadline: deadline, in: scope)
        }
        #expect(error?.code == .invalidField)
        #expect(error?.field == "documents[2].id")
        await #expect(throws: RAGError.self) { try await pipeline.accept(sources, in: scope) }
    }

    @Test func noEmbeddedTextExceedsTheModelsLimit() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        for round in 0..<30 {
            let seed = UInt64(round) &+ 99
            var maker = RandomText(seed: seed)
            let title = maker.words(Int.random(in: 0...80, using: &maker.random))
            let text = maker.document(blocks: 8)
            let reply = try await pipeline.ingest([try source("d", text, title: title)], deadline: deadline, in: scope)
            #expect(reply.results.first?.error == nil, "seed \(seed)")
        }
        for call in model.calls {
            for text in call.texts { #expect(PieceTokens.count(text) + 2 <= model.space.maximumTokens) }
        }
    }

    @Test func aVectorOfZerosIsNotStored() async throws {
        let pipeline = IngestPipeline(
            loader: LittleLoader(),
            chunker: StructureAwareChunker(),
            embedder: ZeroEmbedder(),
            store: store,
            log: store
        )
        try await store.prepare(pipeline.generation)
        let reply = try await pipeline.ingest([try source("a", "Some text.")], deadline: deadline, in: scope)
        #expect(reply.results.first?.error?.code == .unavailable)
        #expect(try await store.document(try DocumentID("a"), history: false, in: scope) == nil)
    }

    @Test func requestsForOneDocumentDoNotMix() async throws {
        let pipeline = pipeline()
        try await store.prepare(pipeline.generation)
        let (scope, deadline) = (scope, deadline)
        let versions = try (0..<8).map { try source("a", "Text \($0 % 3).", url: "https://example.org/\($0 % 3)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for version in versions {
                group.addTask { _ = try await pipeline.ingest([version], deadline: deadline, in: scope) }
            }
            try await group.waitForAll()
        }
        let stored = try await store.text(of: try DocumentID("a"), revision: nil, in: scope)
        let number = stored?.text.dropFirst(5).first.map(String.init) ?? "?"
        #expect(stored?.revision.url == "https://example.org/\(number)")
    }
}

/// An embedder whose vectors mean nothing.
private struct ZeroEmbedder: EmbeddingProvider {
    let space = HashingEmbeddingProvider(dimension: 4).space

    func embed(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix {
        try EmbeddingMatrix(dimension: 4, values: Array(repeating: 0, count: 4 * texts.count))
    }

    func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        texts.map(PieceTokens.spans)
    }
}
