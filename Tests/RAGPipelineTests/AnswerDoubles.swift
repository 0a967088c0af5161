// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Synchronization

/// The hashing embedder as answering wants it; fails where a test says so.
final class SteeredQueryEmbedder: QueryEmbedder {
    private let inner = HashingEmbeddingProvider(dimension: 256)
    private let queryFailure: RAGError?
    private let passageFailure: RAGError?

    init(queryFailure: RAGError? = nil, passageFailure: RAGError? = nil) {
        self.queryFailure = queryFailure
        self.passageFailure = passageFailure
    }

    var space: EmbeddingSpace { inner.space }

    func embed(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix {
        if let passageFailure { throw passageFailure }
        try await refuseLong(texts, deadline: deadline)
        return try await inner.embed(texts, as: role, deadline: deadline)
    }

    /// As models do; two tokens are special ones.
    private func refuseLong(_ texts: [String], deadline: Deadline) async throws(RAGError) {
        let isLong = try await inner.tokenSpans(of: texts, deadline: deadline).contains { $0.count > space.maximumTokens - 2 }
        if isLong { throw RAGError(.unavailable, "a text has too many tokens") }
    }

    func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try await inner.tokenSpans(of: texts, deadline: deadline)
    }

    func embedQuery(
        _ text: String,
        deadline: Deadline,
        in scope: TenantScope?
    ) async throws(RAGError) -> (vector: [Float], tier: AnswerReply.CacheTier) {
        if let queryFailure { throw queryFailure }
        try await refuseLong([text], deadline: deadline)
        return (Array(try await inner.embed([text], as: .query, deadline: deadline)[0]), .miss)
    }
}

/// Documents in memory, a pipeline over them, and what it sent.
struct AnswerBench {
    static let scope = TenantScope(authenticated: "acme")

    static let retries = """
        # Retry policy

        Clients must retry a failed request at most 5 times. The delay doubles after each attempt, up to 60 seconds. \
        A request that was refused with status 400 must not be sent again.
        """
    static let keys = """
        # Keys

        Every request carries an API key in its Authorization header. Keys are stored as salted hashes and cannot be read back. \
        A lost key has to be replaced by an administrator.
        """
    static let backups = """
        Backups are taken every night at 2 o'clock and kept for 30 days. Restoring a backup takes about ten minutes per gigabyte. \
        Naïve copies of the data folder — 数据 — are not backups.
        """

    let store = InMemoryKnowledgeStore()
    let embedder: SteeredQueryEmbedder
    var settings = AnswerSettings()
    private let texts: [String: String]

    init(_ documents: [String: String]? = nil, embedder: SteeredQueryEmbedder = SteeredQueryEmbedder()) async throws {
        self.embedder = embedder
        texts = documents ?? ["retries": Self.retries, "keys": Self.keys, "backups": Self.backups]
        // The hashing embedder's cosines are lower than a model's.
        settings.relevance = RelevanceGate(threshold: 0.3, cosineFloor: 0.1)
        let space = HashingEmbeddingProvider(dimension: 256).space
        let generation = Generation(space: space, chunking: "test")
        try await store.prepare(generation)
        for (id, text) in texts.sorted(by: { $0.key < $1.key }) {
            let vectors = try await HashingEmbeddingProvider(dimension: 256).embed([text], as: .passage, deadline: .never)
            let publication = Publication(
                document: try DocumentID(id),
                hash: ContentHash(rawValue: "sha256:\(id)"),
                text: text,
                format: .plain,
                title: "The \(id) page",
                url: "https://example.com/\(id)",
                metadata: [:],
                generation: generation,
                chunks: [Chunk(ordinal: 0, range: 0..<text.utf8.count, headingPath: ["Guide", id])],
                vectors: vectors
            )
            _ = try await store.publish(publication, completing: nil, in: Self.scope)
        }
    }

    /// Adds a document whose chunks are lines that say `word` more and more often.
    func publish(_ id: String, chunks count: Int, saying word: String) async throws {
        let provider = HashingEmbeddingProvider(dimension: 256)
        let lines = (1...count).map { String(repeating: "\(word) ", count: $0) + "line\($0).\n" }
        var chunks: [Chunk] = []
        var start = 0
        for (ordinal, line) in lines.enumerated() {
            chunks.append(Chunk(ordinal: ordinal, range: start..<start + line.utf8.count))
            start += line.utf8.count
        }
        let publication = Publication(
            document: try DocumentID(id),
            hash: ContentHash(rawValue: "sha256:\(id)"),
            text: lines.joined(),
            format: .plain,
            title: nil,
            url: nil,
            metadata: [:],
            generation: Generation(space: provider.space, chunking: "test"),
            chunks: chunks,
            vectors: try await provider.embed(lines, as: .passage, deadline: .never)
        )
        _ = try await store.publish(publication, completing: nil, in: Self.scope)
    }

    func pipeline(_ generator: (any Generator)? = nil) -> AnswerPipeline {
        AnswerPipeline(store: store, embedder: embedder, generator: generator, settings: settings)
    }

    func request(_ query: String, mode: SearchMode = .hybrid, topK: Int = 3, generate: Bool = true) -> AnswerRequest {
        AnswerRequest(query: query, topK: topK, mode: mode, generate: generate, deadline: .after(.seconds(20)))
    }

    /// Whether each citation's bytes stand at its range of the stored revision.
    func everyQuoteStands(_ citations: [Citation]) async throws -> Bool {
        for citation in citations {
            let stored = try await store.text(of: citation.document, revision: citation.revision, in: Self.scope)
            guard let stored, stored.revision.hash == citation.hash else { return false }
            guard stored.text.bytes(in: citation.range).map(String.init) == citation.quote else { return false }
        }
        return true
    }
}

/// Remembers the events of a stream.
final class EventLog: Sendable {
    private let events = Mutex<[AnswerEvent]>([])

    func append(_ event: AnswerEvent) { events.withLock { $0.append(event) } }

    var all: [AnswerEvent] { events.withLock { $0 } }

    var text: String { all.reduce(into: "") { text, event in if case .token(let piece) = event { text += piece } } }

    var citations: [Citation] { all.compactMap { event in if case .citation(let citation) = event { citation } else { nil } } }

    /// `p`, `t` and `c` for passages, token and citation.
    var shape: String {
        all.map { event in
            switch event {
            case .passages: "p"
            case .token: "t"
            case .citation: "c"
            }
        }.joined()
    }
}
