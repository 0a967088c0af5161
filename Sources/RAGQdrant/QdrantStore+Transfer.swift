// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
package import RAGCore

extension QdrantStore {
    package func tenants() async throws(RAGError) -> [TenantScope] {
        let deadline = Deadline.after(settings.writeLimit)
        let names = try await records.facet(Field.tenant, Self.aliveHeads, limit: 1_000_000, deadline: deadline).keys
        return names.sorted().map { TenantScope(authenticated: $0) }
    }

    package func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive? {
        let key = DocumentKey(id, in: scope)
        let generation = try serving().generation.generation
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let head = try await heads.read(key)
            guard head.current != nil else { return nil }
            let chain = try await chain(of: head, in: scope)
            var entries: [DocumentArchive.Entry] = []
            for published in chain {
                guard let text = try await text(of: published, in: scope) else { break }
                entries.append(.init(revision: published.revision, text: text))
            }
            let chunks = try await storedChunks(of: head, in: scope)
            // All of it was there when the head was read if the head is still the same.
            guard let chunks, entries.count == chain.count, try await heads.read(key) == head else { continue }
            let vectors = try EmbeddingMatrix(dimension: generation.space.dimension, values: chunks.flatMap(\.vector))
            return DocumentArchive(
                entries: entries,
                generation: generation.identifier,
                chunks: chunks.map(\.chunk),
                vectors: vectors
            )
        }
        throw RAGError(
            .overloaded,
            "a document has no whole set of chunks in this generation, or is changed without a pause; run `grounded verify`",
            retryAfter: .seconds(1)
        )
    }

    package func adopt(_ archive: DocumentArchive, in scope: TenantScope) async throws(RAGError) {
        let serving = try serving()
        guard archive.generation == serving.generation.generation.identifier else {
            throw RAGError(.incompatible, "the archive's chunks belong to another generation than the store's")
        }
        guard let last = archive.entries.last else { throw RAGError(.corrupt, "the archive has no revision") }
        let id = last.revision.document
        var number = 0
        for entry in archive.entries {
            guard entry.isSound(after: number, of: id) else {
                throw RAGError(.corrupt, "revision \(entry.revision.number) of \(id) does not fit its text or the one before")
            }
            number = entry.revision.number
        }
        let key = DocumentKey(id, in: scope)
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let head = try await heads.read(key)
            if head.current != nil, try await self.archive(of: id, in: scope)?.canonicalBytes == archive.canonicalBytes { return }
            var next = head
            next.sequence += 1
            next.revisions = archive.entries.count
            next.chunks = [serving.generation.key: archive.chunks.count]
            let chain = try await write(archive, as: next, in: scope)
            next.current = chain.last
            let now = try await heads.move(head, to: next)
            guard let last = chain.last, try await hasPublished(last.publication, as: next, now: now, in: scope) else {
                try await deleteAll(chain.map(\.publication), of: key)
                continue
            }
            try await bumpVersion(of: scope)
            var replaced = head
            replaced.current = nil
            try await deleteEverything(of: replaced)
            return
        }
        throw RAGError(.overloaded, "the document is being changed by others without a pause; retry later", retryAfter: .seconds(1))
    }

    /// Writes all revisions of an archive; each text once, however many revisions have it.
    private func write(_ archive: DocumentArchive, as head: Head, in scope: TenantScope) async throws(RAGError) -> [PublishedRevision] {
        var chain: [PublishedRevision] = []
        // By hash: two spellings that Unicode calls equivalent are two texts.
        var texts: [ContentHash: PublishedRevision] = [:]
        let adoption = PointID("adoption", head.key.head.text, String(head.sequence), items.mark()).text
        for (position, entry) in archive.entries.enumerated() {
            let isLast = position == archive.entries.count - 1
            let publication = PointID("publication", adoption, String(position)).text
            let known = texts[entry.revision.hash]
            let parts = TextParts.split(entry.text)
            let published = PublishedRevision(
                publication: publication,
                revision: entry.revision,
                text: known?.text ?? publication,
                parts: parts.count,
                previous: chain.last?.publication
            )
            if known == nil { texts[entry.revision.hash] = published }
            var chunks: [StoredChunk] = []
            if isLast {
                let dimension = try serving().generation.generation.space.dimension
                chunks = try StoredChunk.paired(archive.chunks, archive.vectors, text: entry.text, dimension: dimension)
            }
            try await write(published, parts: known == nil ? parts : [], chunks: chunks, head: head, in: scope)
            chain.append(published)
        }
        return chain
    }

    private func deleteAll(_ publications: [String], of key: DocumentKey) async throws(RAGError) {
        let own = PointFilter.all([key.filter, .matchAny(Field.publication, publications)])
        try await serving().chunks.delete(own)
        try await records.delete(.all([own, .not(.match(Field.kind, RecordKind.head.rawValue))]))
    }
}

extension DocumentArchive.Entry {
    /// Whether number, document, length and hash are what they must be.
    fileprivate func isSound(after number: Int, of id: DocumentID) -> Bool {
        let digits = Array("0123456789abcdef")
        let digest = SHA256.hash(data: Array(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return revision.number > number && revision.document == id && revision.length == text.utf8.count
            && revision.hash.rawValue == "sha256:" + String(digest)
    }
}
