// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText

/// What the store in memory holds.
struct InMemoryState {
    struct Entry {
        var reference: ChunkReference
        var chunk: Chunk
        var terms: [UInt64]
        var vector: [Float]
        var metadata: Metadata
    }

    struct Document {
        var revisions: [(revision: Revision, text: String)]
        var entries: [Entry]

        var current: (revision: Revision, text: String) { revisions[revisions.count - 1] }
    }

    struct Item {
        var job: JobID
        var item: Int
        var scope: TenantScope
        var source: DocumentSource
        var attempts = 0
        var leasedUntil: ContinuousClock.Instant?
    }

    struct Job {
        var scope: TenantScope
        var record: JobRecord
        var quarantined = 0
    }

    static let strikes = 3
    static let unprepared = RAGError(.incompatible, "the store was not prepared for any generation")

    let tenantQueue: Int
    let globalQueue: Int
    let extractor = TermExtractor()
    var generation: Generation?
    var tenants: [String: [String: Document]] = [:]
    /// Counts a tenant's changes; a change of generation counts for all.
    var changes: [String: UInt64] = [:]
    var preparations: UInt64 = 0
    /// What waits or is held, oldest first.
    var items: [Item] = []
    var jobs: [JobID: Job] = [:]

    init(tenantQueue: Int, globalQueue: Int) {
        self.tenantQueue = tenantQueue
        self.globalQueue = globalQueue
    }

    mutating func prepare(_ generation: Generation) throws(RAGError) {
        if let held = self.generation, held.identifier != generation.identifier, tenants.values.contains(where: { !$0.isEmpty }) {
            throw RAGError(.incompatible, "the store holds \(held.identifier); run `grounded reembed`")
        }
        self.generation = generation
        preparations += 1
    }

    func sequence(of tenant: String) -> UInt64 { preparations + (changes[tenant] ?? 0) }

    func record(_ id: DocumentID, history: Bool, in tenant: String) -> DocumentRecord? {
        tenants[tenant]?[id.rawValue].map { document in
            DocumentRecord(
                current: document.current.revision,
                chunks: document.entries.count,
                generation: generation?.identifier ?? "",
                revisions: history ? document.revisions.map(\.revision) : []
            )
        }
    }

    mutating func publish(_ publication: Publication, in tenant: String) throws(RAGError) -> PublishOutcome {
        guard let generation else { throw Self.unprepared }
        guard publication.generation.identifier == generation.identifier else {
            throw RAGError(.incompatible, "the store holds \(generation.identifier); run `grounded reembed`")
        }
        guard publication.chunks.count == publication.vectors.count, !publication.chunks.isEmpty else {
            throw RAGError(.internal, "chunks and vectors do not fit together")
        }
        let old = tenants[tenant]?[publication.document.rawValue]
        let last = old?.current.revision
        if let old, let last, last.hash == publication.hash, last.format == publication.format, last.title == publication.title,
            last.url == publication.url, last.metadata == publication.metadata
        {
            return PublishOutcome(status: .unchanged, revision: last.number, hash: last.hash, chunks: old.entries.count)
        }
        let revision = Revision(
            document: publication.document,
            number: (last?.number ?? 0) + 1,
            hash: publication.hash,
            createdAt: 1_700_000_000,
            title: publication.title,
            url: publication.url,
            metadata: publication.metadata,
            format: publication.format,
            length: publication.text.utf8.count
        )
        let entries = try entries(
            of: revision,
            text: publication.text,
            chunks: publication.chunks,
            vectors: publication.vectors
        )
        let revisions = (old?.revisions ?? []) + [(revision, publication.text)]
        tenants[tenant, default: [:]][publication.document.rawValue] = Document(revisions: revisions, entries: entries)
        changes[tenant, default: 0] += 1
        let sameText = last.map { $0.hash == revision.hash && $0.format == revision.format } ?? false
        return PublishOutcome(
            status: sameText ? .updated : .indexed,
            revision: revision.number,
            hash: revision.hash,
            chunks: entries.count
        )
    }

    mutating func update(
        _ id: DocumentID,
        url: String?,
        metadata: Metadata,
        in tenant: String
    ) throws(RAGError) -> PublishOutcome {
        guard var document = tenants[tenant]?[id.rawValue] else { throw RAGError(.notFound, "there is no document of that id") }
        var (revision, text) = document.current
        if revision.url == url, revision.metadata == metadata {
            return PublishOutcome(
                status: .unchanged,
                revision: revision.number,
                hash: revision.hash,
                chunks: document.entries.count
            )
        }
        revision.number += 1
        revision.url = url
        revision.metadata = metadata
        document.revisions.append((revision, text))
        for index in document.entries.indices {
            document.entries[index].reference.revision = revision.number
            document.entries[index].metadata = metadata
        }
        tenants[tenant]?[id.rawValue] = document
        changes[tenant, default: 0] += 1
        text = ""
        return PublishOutcome(status: .updated, revision: revision.number, hash: revision.hash, chunks: document.entries.count)
    }

    func passage(_ chunk: ChunkReference, in tenant: String) -> PassageText? {
        guard let document = tenants[tenant]?[chunk.document.rawValue],
            let entry = document.entries.first(where: { $0.reference == chunk }),
            let text = document.current.text.bytes(in: entry.chunk.range)
        else { return nil }
        let revision = document.current.revision
        return PassageText(
            chunk: chunk,
            range: entry.chunk.range,
            headingPath: entry.chunk.headingPath,
            page: entry.chunk.page,
            text: String(text),
            hash: revision.hash,
            title: revision.title,
            url: revision.url,
            metadata: revision.metadata
        )
    }

    func entries(
        of revision: Revision,
        text: String,
        chunks: [Chunk],
        vectors: EmbeddingMatrix
    ) throws(RAGError) -> [Entry] {
        var entries: [Entry] = []
        for (position, chunk) in chunks.enumerated() {
            guard let body = text.bytes(in: chunk.range) else {
                throw RAGError(.internal, "chunk \(position) does not lie in the text")
            }
            entries.append(
                Entry(
                    reference: ChunkReference(document: revision.document, revision: revision.number, ordinal: chunk.ordinal),
                    chunk: chunk,
                    terms: extractor.terms(of: chunk.indexedText(title: revision.title, body: String(body))),
                    vector: Array(vectors[position]),
                    metadata: revision.metadata
                )
            )
        }
        return entries
    }
}
