// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension InMemoryState {
    func archive(of id: DocumentID, in tenant: String) throws(RAGError) -> DocumentArchive? {
        guard let generation, let document = tenants[tenant]?[id.rawValue] else { return nil }
        return DocumentArchive(
            entries: document.revisions.map { .init(revision: $0.revision, text: $0.text) },
            generation: generation.identifier,
            chunks: document.entries.map(\.chunk),
            vectors: try EmbeddingMatrix(dimension: generation.space.dimension, values: document.entries.flatMap(\.vector))
        )
    }

    mutating func adopt(_ archive: DocumentArchive, in tenant: String) throws(RAGError) {
        guard let generation else { throw Self.unprepared }
        guard archive.generation == generation.identifier else {
            throw RAGError(.incompatible, "the store holds \(generation.identifier)")
        }
        guard let last = archive.entries.last, archive.chunks.count == archive.vectors.count, !archive.chunks.isEmpty else {
            throw RAGError(.corrupt, "the archive's parts do not fit together")
        }
        for entry in archive.entries where entry.revision.hash != SHA256Digest.contentHash(of: entry.text) {
            throw RAGError(.corrupt, "revision \(entry.revision.number) does not fit its text")
        }
        let id = last.revision.document
        if try self.archive(of: id, in: tenant)?.canonicalBytes == archive.canonicalBytes { return }
        let entries = try entries(of: last.revision, text: last.text, chunks: archive.chunks, vectors: archive.vectors)
        let revisions = archive.entries.map { (revision: $0.revision, text: $0.text) }
        tenants[tenant, default: [:]][id.rawValue] = Document(revisions: revisions, entries: entries)
        changes[tenant, default: 0] += 1
    }
}
