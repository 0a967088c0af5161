// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit

/// A document of a retrieval test: chunks with titles, headings and metadata.
struct BenchDocument {
    var id: String
    var chunks: [String]
    var title: String?
    var headings: [[String]] = []
    var metadata: Metadata = [:]

    init(_ id: String, _ chunks: String..., title: String? = nil, headings: [[String]] = [], metadata: Metadata = [:]) {
        self.id = id
        self.chunks = chunks
        self.title = title
        self.headings = headings
        self.metadata = metadata
    }
}

/// A store of a few documents and pipelines over it.
struct RetrievalBench {
    static let scope = TenantScope(authenticated: "acme")

    let store: any KnowledgeStore
    let embedder = SteeredQueryEmbedder()
    var settings = AnswerSettings()

    init(_ documents: [BenchDocument]) async throws {
        let store = InMemoryKnowledgeStore()
        self.store = store
        // Parts and weights that a test can add up by hand, whatever the default is.
        settings.fusion = Fusion(method: .minMax, denseWeight: 0.5)
        settings.relevance = RelevanceGate(threshold: 0, cosineFloor: -1, lexicalAlone: 0)
        let provider = HashingEmbeddingProvider(dimension: 256)
        let generation = Generation(space: provider.space, chunking: "test")
        try await store.prepare(generation)
        for document in documents {
            // Blank lines between chunks are the gaps that chunkers leave.
            let text = document.chunks.joined(separator: "\n\n")
            var chunks: [Chunk] = []
            var start = 0
            for (ordinal, body) in document.chunks.enumerated() {
                let headings = document.headings.isEmpty ? [] : document.headings[min(ordinal, document.headings.count - 1)]
                chunks.append(Chunk(ordinal: ordinal, range: start..<start + body.utf8.count, headingPath: headings))
                start += body.utf8.count + 2
            }
            let publication = Publication(
                document: try DocumentID(document.id),
                hash: ContentHash(rawValue: "sha256:\(document.id)"),
                text: text,
                format: .plain,
                title: document.title,
                url: nil,
                metadata: document.metadata,
                generation: generation,
                chunks: chunks,
                vectors: try await provider.embed(document.chunks, as: .passage, deadline: .never)
            )
            _ = try await store.publish(publication, completing: nil, in: Self.scope)
        }
    }

    func ask(
        _ question: String,
        _ generator: (any Generator)? = nil,
        topK: Int = 3,
        mode: SearchMode = .hybrid,
        _ change: (inout AnswerRequest) -> Void = { _ in }
    ) async throws -> AnswerReply {
        var request = AnswerRequest(query: question, topK: topK, mode: mode, generate: false, deadline: .after(.seconds(20)))
        change(&request)
        return try await AnswerPipeline(store: store, embedder: embedder, generator: generator, settings: settings)
            .answer(request, in: Self.scope)
    }
}

extension AnswerReply {
    var documents: [String] { passages.map(\.source.chunk.document.rawValue) }

    func parts(_ document: String) -> PassageExplanation? {
        passages.first { $0.source.chunk.document.rawValue == document }.flatMap { notes.explanation?.passages[$0.source.chunk] }
    }
}
