// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import GRDB
import RAGCore
import RAGText

extension TenantRows {
    /// A document with everything that is stored of it, as this transaction sees it.
    func archive(of id: DocumentID, generation: ActiveGeneration) throws -> DocumentArchive? {
        guard let head = try head(of: id) else { return nil }
        // Revisions that differ in title, url or metadata only share a text.
        var texts: [Int64: String] = [:]
        let entries = try revisions(of: head.key, id: id).map { revision in
            guard let key = try text(ofRevision: revision.number, document: head.key) else { throw Columns.damaged("a revision") }
            let text = try texts[key] ?? String(decoding: bytes(ofText: key), as: UTF8.self)
            texts[key] = text
            return DocumentArchive.Entry(revision: revision, text: text)
        }
        let stored = try chunks(of: head.key, generation: generation)
        return DocumentArchive(
            entries: entries,
            generation: generation.identifier,
            chunks: stored.map(\.chunk),
            vectors: try EmbeddingMatrix(dimension: generation.space.dimension, values: stored.flatMap(\.vector))
        )
    }

    /// Puts an archive in the place of what is stored of its document, unless that is the same already.
    func adopt(_ prepared: PreparedArchive, _ changes: inout IndexChanges) throws {
        let archive = prepared.archive
        guard let generation = try ActiveGeneration.current(in: db) else {
            throw RAGError(.incompatible, "the store was not prepared for any generation")
        }
        guard generation.identifier == archive.generation else {
            throw RAGError(
                .incompatible,
                "the document's chunks belong to \"\(archive.generation)\", the store's to \"\(generation.identifier)\""
            )
        }
        let id = prepared.publication.publication.document
        if let head = try head(of: id) {
            // Compared byte by byte: two strings may be equal and still be written differently.
            if try self.archive(of: id, generation: generation)?.canonicalBytes == archive.canonicalBytes { return }
            let old = try chunks(of: head.key, generation: generation)
            changes.remove(old.map { .init(key: $0.key, indexedText: $0.indexedText) }, tenant: tenant)
            try delete(document: head.key)
            // Revisions that are not in the archive are gone as if they were withdrawn.
            try execute("UPDATE tenants SET purge_due = purge_due + 1 WHERE key = ?", [tenant])
            changes.purge(tenant: tenant)
        }
        let head = try createDocument(id)
        for entry in archive.entries {
            try append(entry.revision, text: try store(entry.text, hash: entry.revision.hash, of: head.key), to: head.key)
        }
        changes.add(
            try add(prepared.publication, revision: prepared.current.number, to: head, generation: generation),
            tenant: tenant
        )
    }
}

/// An archive that was checked, with what its index entries need.
struct PreparedArchive: Sendable {
    let archive: DocumentArchive
    let current: Revision
    let publication: PreparedPublication

    /// - Throws: `corrupt` if the archive's parts do not fit together, `incompatible` if it is of another generation.
    init(_ archive: DocumentArchive, generation: Generation, extractor: TermExtractor) throws(RAGError) {
        guard archive.generation == generation.identifier else {
            throw RAGError(
                .incompatible,
                "the document's chunks belong to \"\(archive.generation)\", the store's to \"\(generation.identifier)\""
            )
        }
        guard let last = archive.entries.last else { throw RAGError(.corrupt, "an archive has no revision") }
        current = last.revision
        var number = 0
        for entry in archive.entries {
            let revision = entry.revision
            guard revision.document == current.document, revision.number > number, revision.length == entry.text.utf8.count,
                revision.hash == ContentHash(ofText: entry.text)
            else {
                throw RAGError(.corrupt, "revision \(revision.number) of \(revision.document) does not fit its text or the one before")
            }
            number = revision.number
        }
        do {
            publication = try PreparedPublication(
                Publication(
                    document: current.document,
                    hash: current.hash,
                    text: last.text,
                    format: current.format,
                    title: current.title,
                    url: current.url,
                    metadata: current.metadata,
                    generation: generation,
                    chunks: archive.chunks,
                    vectors: archive.vectors
                ),
                extractor: extractor
            )
        } catch {
            throw RAGError(.corrupt, "the archive of \(current.document) is damaged: \(error.message)", cause: error)
        }
        self.archive = archive
    }
}

extension ContentHash {
    /// The SHA-256 of a text's UTF-8.
    init(ofText text: String) {
        self.init(rawValue: "sha256:" + SHA256.hash(data: Array(text.utf8)).hexadecimal)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits per byte.
    var hexadecimal: String {
        reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    }
}
