// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import Metrics
package import RAGCore

extension QdrantStore {
    package func publish(
        _ publication: Publication,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        let serving = try serving()
        guard publication.generation.identifier == serving.generation.generation.identifier else {
            throw RAGError(.incompatible, "the publication belongs to another generation than the store")
        }
        let chunks = try StoredChunk.paired(
            publication.chunks,
            publication.vectors,
            text: publication.text,
            dimension: publication.generation.space.dimension
        )
        let key = DocumentKey(publication.document, in: scope)
        return try await change(key, completing: lease, in: scope) { head throws(RAGError) in
            let revision = Revision(
                document: publication.document,
                number: (head.current?.revision.number ?? 0) + 1,
                hash: publication.hash,
                createdAt: WallClock.now,
                title: publication.title,
                url: publication.url,
                metadata: publication.metadata,
                format: publication.format,
                length: publication.text.utf8.count
            )
            if let current = head.current, current.revision.says(theSameAs: revision), head.chunks[serving.generation.key] != nil {
                return .unchanged
            }
            let sameText = head.current.map { $0.revision.hash == revision.hash && $0.revision.format == revision.format } ?? false
            let text = sameText ? nil : publication.text
            return .publish(revision, text: text, chunks: chunks, status: sameText ? .updated : .indexed)
        }
    }

    package func update(
        _ id: DocumentID,
        url: String?,
        metadata: Metadata,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        let key = DocumentKey(id, in: scope)
        return try await change(key, completing: lease, in: scope) { head throws(RAGError) in
            guard let current = head.current else { throw RAGError(.notFound, "there is no document of that id") }
            var revision = current.revision
            revision.url = url
            revision.metadata = metadata
            if revision.says(theSameAs: current.revision) { return .unchanged }
            revision.number += 1
            revision.createdAt = WallClock.now
            guard let chunks = try await self.storedChunks(of: head, in: scope) else {
                if try await self.heads.read(key) != head { return .again }
                throw RAGError(.corrupt, "the document lacks chunks of this generation; run `grounded reembed`")
            }
            return .publish(revision, text: nil, chunks: chunks, status: .updated)
        }
    }

    /// What a change does to the head that it found.
    enum Change: Sendable {
        case unchanged
        /// The head is not what it was; look again.
        case again
        /// - Parameter text: The canonical text, nil to keep the current one's.
        case publish(Revision, text: String?, chunks: [StoredChunk], status: PublishStatus)
    }

    /// Changes a document: decides by its head, writes what becomes visible, moves the head; again from the start if another replica
    /// was faster.
    private func change(
        _ key: DocumentKey,
        completing lease: IngestLease?,
        in scope: TenantScope,
        _ decide: (Head) async throws(RAGError) -> Change
    ) async throws(RAGError) -> PublishOutcome {
        for _ in 0..<4 {
            // Without a lease, what waits now is older than what is to be published, and nobody may publish it any more: it would come
            // on top. What is accepted from now on is not older.
            let older = lease == nil ? try await items.take(key) : []
            do throws(RAGError) {
                if let outcome = try await change(key, completing: lease, ending: older, in: scope, decide) { return outcome }
            } catch {
                await items.giveBack(older)
                if let lease, error.code == .conflict { holdings.remove(lease) }
                throw error
            }
        }
        throw Self.neverStill
    }

    static let neverStill = RAGError(
        .overloaded,
        "the document is being changed by others without a pause; retry later",
        retryAfter: .seconds(1)
    )

    /// - Returns: Nil if somebody may have published what was taken, and it must be done again.
    private func change(
        _ key: DocumentKey,
        completing lease: IngestLease?,
        ending older: [IngestItem],
        in scope: TenantScope,
        _ decide: (Head) async throws(RAGError) -> Change
    ) async throws(RAGError) -> PublishOutcome? {
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            // The head first: if the lease is held after it was read, nobody has published this work before it moves.
            let head = try await headToChange(key)
            if let lease { _ = try await items.held(lease) }
            switch try await decide(head) {
            case .again: continue
            case .unchanged:
                // Whoever held what was taken may be about to move the head that was read.
                if !older.isEmpty, try await !fence(head) { continue }
                // A crash may have come between the head's move and the new version: whoever tries again completes that too.
                try await bumpVersion(of: scope)
                guard let current = head.current else { continue }
                let outcome = PublishOutcome(
                    status: .unchanged,
                    revision: current.revision.number,
                    hash: current.revision.hash,
                    chunks: head.chunks[try serving().generation.key] ?? 0
                )
                return try await settle(lease, older, status: .unchanged) ? outcome : nil
            case .publish(let revision, let text, let chunks, let status):
                guard let next = try await publish(revision, text: text, chunks: chunks, over: head, in: scope) else { continue }
                guard try await settle(lease, older, status: status) else { return nil }
                return PublishOutcome(status: status, revision: next.revision.number, hash: next.revision.hash, chunks: chunks.count)
            }
        }
        throw Self.neverStill
    }

    /// The document's head, to be changed by a replica of the active generation.
    private func headToChange(_ key: DocumentKey) async throws(RAGError) -> Head {
        let (head, state) = try await heads.readWithState(key)
        try await requireActive(state)
        return head
    }

    /// Throws unless this replica's generation is the active one. Asked before a change, and after its head has moved: then whoever made
    /// another one active looks for what the new one lacks after that.
    private func requireActive(_ state: CollectionState?) async throws(RAGError) {
        guard let state, state.active.key == (try serving().generation.key) else {
            throw RAGError(
                .unavailable,
                "the collection has moved on to another generation; restart this server with the settings of the others",
                retryAfter: .seconds(10)
            )
        }
    }

    /// Writes a publication and makes it the head's.
    /// - Returns: What was published; nil if another replica was faster.
    private func publish(
        _ revision: Revision,
        text: String?,
        chunks: [StoredChunk],
        over head: Head,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishedRevision? {
        let start = ContinuousClock.now
        let serving = try serving()
        var next = head
        next.sequence += 1
        let identity = Self.identity(revision, chunks, of: next, generation: serving.generation)
        let parts = text.map { TextParts.split($0) }
        let published = PublishedRevision(
            publication: identity,
            revision: revision,
            text: parts == nil ? head.current?.text ?? identity : identity,
            parts: parts?.count ?? head.current?.parts ?? 0,
            previous: head.current?.publication
        )
        next.current = published
        next.revisions += 1
        next.chunks = [serving.generation.key: chunks.count]
        try await write(published, parts: parts ?? [], chunks: chunks, head: next, in: scope)
        guard start.duration(to: .now) < settings.grace / 2 else {
            throw RAGError(.unavailable, "writing the document took so long that parts of it may count as left over; retry")
        }
        let now = try await heads.move(head, to: next)
        guard try await hasPublished(identity, as: next, now: now, in: scope) else {
            try await discard(identity, of: head.key, serving.chunks)
            return nil
        }
        try await requireActive(try await heads.readWithState(head.key).state)
        try await bumpVersion(of: scope)
        if head.sequence > 0 { try await deleteChunks(before: next) }
        return published
    }

    /// Moves the head without changing the document, so that whoever has read it cannot move it any more.
    /// - Returns: Whether it is still the same document.
    private func fence(_ head: Head) async throws(RAGError) -> Bool {
        var next = head
        next.sequence += 1
        let now = try await heads.move(head, to: next)
        return now.sequence == next.sequence && now.current?.publication == head.current?.publication
    }

    /// Whether a publication became its document's head, by what the head is now.
    func hasPublished(_ publication: String, as next: Head, now: Head, in scope: TenantScope) async throws(RAGError) -> Bool {
        if now.current?.publication == publication { return true }
        // Another replica may have moved the head on before it was read back: then this publication is part of the history.
        guard now.sequence > next.sequence else { return false }
        return try await chain(of: now, in: scope).contains { $0.publication == publication }
    }

    func write(
        _ published: PublishedRevision,
        parts: [String],
        chunks: [StoredChunk],
        head: Head,
        in scope: TenantScope
    ) async throws(RAGError) {
        var record = head.key.payload
        record.merge(published.payload) { $1 }
        record[Field.kind] = .string(RecordKind.revision.rawValue)
        record[Field.sequence] = .integer(Int64(head.sequence))
        record[Field.writtenAt] = .number(WallClock.now)
        let texts = TextParts.points(parts, of: published.publication, sequence: head.sequence, key: head.key)
        try await records.upsert(texts + [PointWrite(PointID("revision", published.publication), record)])
        let terms = TenantTerms(scope)
        try await serving().chunks.upsert(chunks.map { $0.point(published, head: head, terms: terms) })
    }

    /// Deletes a document's chunks that a newer publication replaced, in all generations.
    func deleteChunks(before head: Head) async throws(RAGError) {
        let older = PointFilter.range(Field.sequence, .init(below: Double(head.sequence)))
        for collection in try await allChunks() { try await collection.delete(.all([head.key.filter, older])) }
    }

    /// Deletes what a publish wrote that lost the race for the head.
    private func discard(_ publication: String, of key: DocumentKey, _ chunks: PointCollection) async throws(RAGError) {
        let own = PointFilter.all([key.filter, .match(Field.publication, publication)])
        try await chunks.delete(own)
        let written = PointFilter.matchAny(Field.kind, [RecordKind.revision.rawValue, RecordKind.text.rawValue])
        try await records.delete(.all([own, written]))
    }

    /// Ends the work that led to a change: the lease's, or, without one, all that waited before it.
    /// - Returns: Whether nothing of what waited can have been published over the change.
    private func settle(
        _ lease: IngestLease?,
        _ older: [IngestItem],
        status: PublishStatus
    ) async throws(RAGError) -> Bool {
        guard let lease else { return try await items.endTaken(older, .published(.unchanged)) }
        try await items.end(lease, .published(status))
        holdings.remove(lease)
        return true
    }

    /// Everything that a reader could tell publications apart by, and the sequence number.
    private static func identity(
        _ revision: Revision,
        _ chunks: [StoredChunk],
        of head: Head,
        generation: StoredGeneration
    ) -> String {
        var hash = SHA256()
        func add(_ text: String) {
            let bytes = Array(text.utf8)
            hash.update(data: Array("\(bytes.count):".utf8))
            hash.update(data: bytes)
        }
        add("\(head.sequence) \(revision.number) \(revision.hash) \(revision.format.rawValue) \(generation.key)")
        add(revision.title.map { "t\($0)" } ?? "")
        add(revision.url.map { "u\($0)" } ?? "")
        add(StoredJSON.encode(revision.metadata))
        for chunk in chunks {
            add("\(chunk.chunk.ordinal) \(chunk.chunk.range)")
            for heading in chunk.chunk.headingPath { add(heading) }
            chunk.vector.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        let digest = hash.finalize().map { String($0, radix: 16) }.joined(separator: ".")
        return PointID("publication", head.key.head.text, digest).text
    }

    static func pause(_ attempt: Int) async throws(RAGError) {
        let longest = min(1 << min(attempt, 8), 200)
        do { try await Task.sleep(for: .milliseconds(Int.random(in: 1...max(2, longest)))) } catch { throw RAGError.wrapping(error) }
    }
}

extension StoredChunk {
    /// Chunks with their texts and vectors.
    /// - Throws: `internal` if they do not fit together: that is the pipeline's defect, and nothing is written.
    static func paired(
        _ chunks: [Chunk],
        _ vectors: EmbeddingMatrix,
        text: String,
        dimension: Int
    ) throws(RAGError) -> [StoredChunk] {
        guard !chunks.isEmpty else { throw RAGError(.unreadableDocument, "the document has nothing to index") }
        guard vectors.count == chunks.count, vectors.dimension == dimension else {
            throw RAGError(
                .internal,
                "\(chunks.count) chunks came with \(vectors.count) vectors of dimension \(vectors.dimension), expected \(dimension)"
            )
        }
        var text = text
        text.makeContiguousUTF8()
        var paired: [StoredChunk] = []
        paired.reserveCapacity(chunks.count)
        for (position, chunk) in chunks.enumerated() {
            guard chunk.ordinal == position, !chunk.range.isEmpty, let body = text.bytes(in: chunk.range) else {
                throw RAGError(.internal, "chunk \(position) of \(chunks.count) does not lie in the text or splits a character")
            }
            paired.append(StoredChunk(chunk: chunk, text: String(body), vector: Array(vectors[position])))
        }
        return paired
    }
}
