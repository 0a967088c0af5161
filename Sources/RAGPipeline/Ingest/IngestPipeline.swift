// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
package import RAGCore

/// Takes documents in: load → chunk → embed → publish.
package final class IngestPipeline: Sendable {
    private let loader: any DocumentLoader
    private let embedder: any EmbeddingProvider
    private let store: any KnowledgeStore
    let settings: IngestSettings
    let preparation: ChunkPreparation
    private let turns = DocumentTurns()
    private let metrics = IngestMetrics()

    let log: any IngestLog
    let logger: Logger
    let health: HealthRegistry?
    /// Notified when work was accepted.
    let accepted = WakeSignal()
    /// Leased documents that are being loaded.
    let loading = LoadingCount()

    /// The generation that this pipeline fills.
    package let generation: Generation

    package init(
        loader: any DocumentLoader,
        chunker: any Chunker,
        embedder: any EmbeddingProvider,
        store: any KnowledgeStore,
        log: any IngestLog,
        settings: IngestSettings = IngestSettings(),
        logger: Logger = .current,
        health: HealthRegistry? = nil
    ) {
        self.loader = loader
        self.embedder = embedder
        self.store = store
        self.log = log
        self.settings = settings
        self.logger = logger
        self.health = health
        preparation = ChunkPreparation(loader: loader, chunker: chunker, embedder: embedder, settings: settings)
        generation = Generation(space: embedder.space, chunking: chunker.fingerprint)
    }

    /// Indexes `sources` now. A document that fails is a failed result, not a failed request.
    /// - Throws: `invalidField` where an id occurs twice, `cancelled`.
    package func ingest(
        _ sources: [DocumentSource],
        deadline: Deadline,
        in scope: TenantScope
    ) async throws(RAGError) -> IngestReply {
        try Self.checkDistinct(sources)
        do {
            let done = try await mapConcurrently(sources, width: settings.documentConcurrency) { source in
                let attempt = await self.attempt(source, completing: nil, deadline: deadline, in: scope)
                if case .failure(let error) = attempt.outcome, error.code == .cancelled { throw error }
                return attempt
            }
            var timings = StageTimings()
            for stage in IngestMetrics.Stage.allCases {
                timings.add(stage.rawValue, done.reduce(.zero) { $0 + ($1.durations[stage] ?? .zero) })
            }
            let results = done.map { self.result(of: $0) }
            return IngestReply(results: results, timings: timings)
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    /// Takes `sources` in to be indexed later; they are on the disk when this returns.
    /// - Throws: `invalidField` where an id occurs twice, or what the ingest log throws.
    package func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        try Self.checkDistinct(sources)
        let job = try await log.accept(sources, in: scope)
        accepted.notify()
        return job
    }

    private static func checkDistinct(_ sources: [DocumentSource]) throws(RAGError) {
        var seen: [DocumentID: Int] = [:]
        for (index, source) in sources.enumerated() {
            if let first = seen.updateValue(index, forKey: source.id) {
                throw RAGError(
                    .invalidField,
                    "the id occurs twice in one request, first as documents[\(first)]; send each document once",
                    field: "documents[\(index)].id"
                )
            }
        }
    }

    /// What the client is told of an attempt; counts it.
    private func result(of attempt: IngestAttempt) -> IngestResult {
        switch attempt.outcome {
        case .success(let outcome):
            metrics.count(outcome.status)
            return IngestResult(
                id: attempt.document,
                status: outcome.status,
                revision: outcome.revision,
                hash: outcome.hash,
                chunks: outcome.chunks,
                warnings: attempt.warnings
            )
        case .failure(let error):
            metrics.count(.failed)
            logger.info(
                "document failed",
                metadata: ["rag.document": "\(attempt.document)", "error": "\(error)"]
            )
            return IngestResult(id: attempt.document, status: .failed, error: error)
        }
    }

    /// Works on one document; a lease is completed with the publish.
    func attempt(
        _ source: DocumentSource,
        completing lease: IngestLease?,
        deadline: Deadline,
        in scope: TenantScope
    ) async -> IngestAttempt {
        var attempt = IngestAttempt(document: source.id, outcome: .failure(RAGError(.cancelled, "the caller went away")))
        do throws(RAGError) {
            let outcome = try await turns.whenFree(source.id, in: scope, deadline: deadline) { () async throws(RAGError) in
                try await self.index(source, completing: lease, deadline: deadline, in: scope, recording: &attempt)
            }
            attempt.outcome = .success(outcome)
        } catch {
            attempt.outcome = .failure(error)
        }
        for (stage, duration) in attempt.durations { metrics.record(stage, duration) }
        return attempt
    }

    private func index(
        _ source: DocumentSource,
        completing lease: IngestLease?,
        deadline: Deadline,
        in scope: TenantScope,
        recording attempt: inout IngestAttempt
    ) async throws(RAGError) -> PublishOutcome {
        try deadline.check("loading")
        attempt.begin(.load)
        let loaded = try await load(source, isLeased: lease != nil, deadline: deadline)
        attempt.warnings = loaded.warnings
        let title = source.title ?? loaded.title.map(Self.withoutControlCharacters)
        let hash = ContentHash(of: loaded.text)
        attempt.begin(.publish)
        if let known = try await store.document(source.id, history: false, in: scope),
            known.generation == generation.identifier, known.current.hash == hash, known.current.format == loaded.format,
            known.current.title == title
        {
            if let outcome = try await refresh(known, with: source, completing: lease, in: scope) {
                attempt.end()
                return outcome
            }
        }
        attempt.begin(.chunk)
        let prepared = try await preparation.prepare(loaded, title: title, deadline: deadline)
        attempt.begin(.embed)
        let vectors = try await preparation.embed(prepared.embeddedTexts, deadline: deadline)
        try deadline.check("publishing")
        attempt.begin(.publish)
        let publication = Publication(
            document: source.id,
            hash: hash,
            text: loaded.text,
            format: loaded.format,
            title: title,
            url: source.url,
            metadata: source.metadata,
            generation: generation,
            chunks: prepared.chunks,
            vectors: vectors
        )
        let outcome = try await store.publish(publication, completing: lease, in: scope)
        attempt.end()
        return outcome
    }

    private func load(_ source: DocumentSource, isLeased: Bool, deadline: Deadline) async throws(RAGError) -> LoadedDocument {
        if isLeased { loading.begin() }
        defer { if isLeased { loading.end() } }
        return try await loader.load(source, deadline: deadline)
    }

    /// White space such as a line break becomes a space, other control characters go.
    static func withoutControlCharacters(_ title: String) -> String {
        guard title.utf8.contains(where: { $0 < 0x20 }) else { return title }
        return title.unicodeScalars.reduce(into: "") { line, scalar in
            if scalar.value >= 0x20 { line.unicodeScalars.append(scalar) } else if scalar.properties.isWhitespace { line += " " }
        }
    }

    /// Ends work on a document whose text and title are as they were: url and metadata are all that can have changed.
    ///
    /// What comes without a lease is told to the store even where nothing changed: older versions that wait must not come after it.
    /// - Returns: Nil if the document was changed or withdrawn in between: then it is to be published as a whole.
    private func refresh(
        _ known: DocumentRecord,
        with source: DocumentSource,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome? {
        let current = known.current
        if let lease, current.url == source.url, current.metadata == source.metadata {
            try await log.complete(lease, status: .unchanged)
            return PublishOutcome(status: .unchanged, revision: current.number, hash: current.hash, chunks: known.chunks)
        }
        do throws(RAGError) {
            let outcome = try await store.update(
                source.id,
                url: source.url,
                metadata: source.metadata,
                completing: lease,
                in: scope
            )
            if lease != nil { return outcome }
            guard outcome.hash == current.hash else { return nil }
            if outcome.status == .unchanged { return outcome }
            // Whose title the new revision has, it says itself.
            let revisions = try await store.document(source.id, history: true, in: scope)?.revisions ?? []
            guard let written = revisions.first(where: { $0.number == outcome.revision }) else { return outcome }
            return written.title == current.title && written.format == current.format ? outcome : nil
        } catch {
            guard lease == nil, error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Whether the embedding model answers at all.
    private func embedderAnswers() async -> Bool {
        (try? await embedder.embed(["ready"], as: .passage, deadline: .after(.seconds(10)))) != nil
    }

    /// Works on a leased document and settles its lease.
    package func process(_ work: LeasedWork) async -> IngestSettlement {
        await settle(await attempt(work), of: work)
    }

    /// The part of `process` that may be cancelled.
    func attempt(_ work: LeasedWork) async -> IngestAttempt {
        await attempt(work.source, completing: work.lease, deadline: .after(settings.documentTimeout), in: work.lease.scope)
    }

    /// The part of `process` that must not be cancelled: says what becomes of the lease.
    ///
    /// A document that cannot be read fails for good. A failure that is the document's own costs it a strike. What is not its fault
    /// (a server or model that is away, a full disk, shutdown) costs nothing: the lease is given back, and the caller should wait.
    func settle(_ attempt: IngestAttempt, of work: LeasedWork) async -> IngestSettlement {
        let result = result(of: attempt)
        guard case .failure(let error) = attempt.outcome else { return .finished(result) }
        do throws(RAGError) {
            switch error.code {
            case .conflict:
                return .finished(result)
            case .cancelled, .overloaded, .rateLimited, .insufficientStorage:
                try await log.release(work.lease)
                return .deferred(error)
            case .unavailable, .deadlineExceeded:
                // Where the model answers others, this document is what it fails on.
                guard attempt.stage == .chunk || attempt.stage == .embed, await embedderAnswers() else {
                    try await log.release(work.lease)
                    return .deferred(error)
                }
                try await log.fail(work.lease, reason: error.message, permanent: false)
            case .unreadableDocument, .unsupportedMediaType, .tooLarge, .invalidField:
                try await log.fail(work.lease, reason: error.message, permanent: true)
            default:
                try await log.fail(work.lease, reason: error.message, permanent: false)
            }
            return .finished(result)
        } catch {
            // The lease runs out by itself, and the work is done again.
            logger.warning("ingest lease not settled", metadata: ["rag.job": "\(work.lease.job)", "error": "\(error)"])
            return .deferred(error)
        }
    }
}
