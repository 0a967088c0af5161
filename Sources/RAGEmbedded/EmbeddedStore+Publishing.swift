// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore
import RAGText

extension EmbeddedStore {
    @concurrent
    package func publish(
        _ publication: Publication,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        let indexes = try indexes()
        let prepared = try PreparedPublication(publication, extractor: indexes.extractor)
        let (tenant, outcome) = try await commits.write { db, changes in
            let rows = try TenantRows.created(scope, in: db)
            let outcome = try rows.publish(prepared, &changes)
            try rows.settle(lease, status: outcome.status, of: publication.document, scope: scope)
            return (rows.tenant, outcome)
        }
        indexes.openAhead(of: tenant)
        return outcome
    }

    package func update(
        _ id: DocumentID,
        url: String?,
        metadata: Metadata,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        let extractor = try indexes().extractor
        let now = Date().timeIntervalSince1970
        return try await commits.write { db, changes in
            guard let rows = try TenantRows.existing(scope, in: db), let head = try rows.head(of: id),
                var revision = try rows.revision(head.revision, of: head.key, id: id)
            else { throw RAGError(.notFound, "there is no document of that id") }
            let isSame = revision.url == url && Columns.encode(revision.metadata) == Columns.encode(metadata)
            revision.url = url
            revision.metadata = metadata
            revision.createdAt = now
            let outcome =
                try isSame
                ? rows.unchanged(revision, of: head)
                : rows.update(head, to: &revision, extractor: extractor, &changes)
            try rows.settle(lease, status: outcome.status, of: id, scope: scope)
            return outcome
        }
    }

    package func withdraw(_ id: DocumentID, in scope: TenantScope) async throws(RAGError) -> Withdrawal? {
        struct Deleted {
            var tenant: Int64
            var document: Int64
            var revisions: Int
            var chunks: [Int64]
        }
        let deleted: Deleted? = try await commits.write { db, changes in
            guard let rows = try TenantRows.existing(scope, in: db) else { return nil }
            let items = try rows.withdrawItems(of: id)
            let head = try rows.head(of: id)
            guard head != nil || items > 0 else { return nil }
            try rows.execute("UPDATE tenants SET purge_due = purge_due + 1 WHERE key = ?", [rows.tenant])
            changes.purge(tenant: rows.tenant)
            // What only waited has no rows but its items; no document has the key 0.
            guard let head else { return Deleted(tenant: rows.tenant, document: 0, revisions: 0, chunks: []) }
            let revisions: Int =
                try rows.value(
                    "SELECT COUNT(*) FROM revisions WHERE tenant = ? AND document = ?",
                    [rows.tenant, head.key]
                ) ?? 0
            var chunks: [Int64] = []
            if let generation = try ActiveGeneration.current(in: db) {
                let stored = try rows.chunks(of: head.key, generation: generation)
                chunks = stored.map(\.key)
                changes.remove(stored.map { .init(key: $0.key, indexedText: $0.indexedText) }, tenant: rows.tenant)
            }
            try rows.delete(document: head.key)
            return Deleted(tenant: rows.tenant, document: head.key, revisions: revisions, chunks: chunks)
        }
        guard let deleted else { return nil }
        let (texts, vectors) = try read { db in
            let rows = TenantRows(db: db, tenant: deleted.tenant)
            return try rows.remains(ofDocument: deleted.document, chunks: deleted.chunks)
        }
        let entries =
            catalog.indexes?.openIndex(of: deleted.tenant).map { index in
                deleted.chunks.count { index.contains(key: $0) }
            } ?? 0
        return Withdrawal(
            document: id,
            revisions: deleted.revisions,
            chunks: deleted.chunks.count,
            text: .count(texts),
            vectors: .count(max(vectors, entries)),
            terms: .count(entries),
            cache: .count(0)
        )
    }
}

extension TenantRows {
    /// Makes a publication the document's current revision, unless it is already.
    func publish(_ prepared: PreparedPublication, _ changes: inout IndexChanges) throws -> PublishOutcome {
        let publication = prepared.publication
        let generation = try ActiveGeneration.required(publication.generation, in: db)
        let head = try head(of: publication.document) ?? createDocument(publication.document)
        let current = try revision(head.revision, of: head.key, id: publication.document)
        let next = prepared.revision(number: head.revision + 1)
        if let current, current.says(theSameAs: next), try chunkCount(of: head.key, generation: generation) > 0 {
            return try unchanged(current, of: head)
        }
        let old = try chunks(of: head.key, generation: generation)
        changes.remove(old.map { .init(key: $0.key, indexedText: $0.indexedText) }, tenant: tenant)
        try deleteChunks(of: head.key)
        let text = try store(publication.text, hash: publication.hash, of: head.key)
        try append(next, text: text, to: head.key)
        let additions = try add(prepared, revision: next.number, to: head, generation: generation)
        changes.add(additions, tenant: tenant)
        let sameText = current.map { $0.hash == next.hash && $0.format == next.format } ?? false
        return PublishOutcome(
            status: sameText ? .updated : .indexed,
            revision: next.number,
            hash: next.hash,
            chunks: additions.count
        )
    }

    /// Writes a publication's chunks; returns what the index must take in.
    func add(
        _ prepared: PreparedPublication,
        revision: Int,
        to head: DocumentHead,
        generation: ActiveGeneration
    ) throws -> [IndexChanges.Addition] {
        let publication = prepared.publication
        return try publication.chunks.enumerated().map { position, chunk in
            let vector = publication.vectors[position]
            return IndexChanges.Addition(
                key: try insert(chunk, vector: vector, revision: revision, of: head.key, generation: generation.key),
                reference: ChunkReference(document: publication.document, revision: revision, ordinal: chunk.ordinal),
                terms: prepared.terms[position],
                vector: Array(vector),
                metadata: publication.metadata
            )
        }
    }

    /// A new revision over the same text and vectors. The chunks get new keys: what stands under a key never changes.
    func update(
        _ head: DocumentHead,
        to revision: inout Revision,
        extractor: TermExtractor,
        _ changes: inout IndexChanges
    ) throws -> PublishOutcome {
        guard let generation = try ActiveGeneration.current(in: db),
            let text = try text(ofRevision: head.revision, document: head.key)
        else { throw Columns.damaged("a revision") }
        revision.number = head.revision + 1
        let old = try chunks(of: head.key, generation: generation)
        changes.remove(old.map { .init(key: $0.key, indexedText: $0.indexedText) }, tenant: tenant)
        try deleteChunks(of: head.key)
        try append(revision, text: text, to: head.key)
        var additions: [IndexChanges.Addition] = []
        for stored in old {
            let vector = stored.vector[...]
            let key = try insert(stored.chunk, vector: vector, revision: revision.number, of: head.key, generation: generation.key)
            var reference = stored.reference
            reference.revision = revision.number
            additions.append(
                IndexChanges.Addition(
                    key: key,
                    reference: reference,
                    terms: extractor.terms(of: stored.indexedText),
                    vector: stored.vector,
                    metadata: revision.metadata
                )
            )
        }
        changes.add(additions, tenant: tenant)
        return PublishOutcome(status: .updated, revision: revision.number, hash: revision.hash, chunks: additions.count)
    }

    func unchanged(_ revision: Revision, of head: DocumentHead) throws -> PublishOutcome {
        guard let generation = try ActiveGeneration.current(in: db) else { throw Columns.damaged("the generation") }
        let chunks = try chunkCount(of: head.key, generation: generation)
        return PublishOutcome(status: .unchanged, revision: head.revision, hash: revision.hash, chunks: chunks)
    }

    /// What can still be read of a document that was deleted: texts and revisions, and chunks.
    func remains(ofDocument document: Int64, chunks: [Int64]) throws -> (texts: Int, chunks: Int) {
        let texts: Int? = try value(
            """
            SELECT (SELECT COUNT(*) FROM texts WHERE tenant = ?1 AND document = ?2)
                + (SELECT COUNT(*) FROM revisions WHERE tenant = ?1 AND document = ?2)
            """,
            [tenant, document]
        )
        let rows: Int? = try value("SELECT COUNT(*) FROM chunks WHERE tenant = ? AND document = ?", [tenant, document])
        return (texts ?? 0, rows ?? 0)
    }
}

extension Revision {
    /// Whether a reader could tell the two apart by anything but number and time.
    fileprivate func says(theSameAs other: Revision) -> Bool {
        hash == other.hash && format == other.format && title == other.title && url == other.url
            && Columns.encode(metadata) == Columns.encode(other.metadata)
    }
}
