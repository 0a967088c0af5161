// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    /// Chunks and embeds every document for another generation while this one serves, then puts that in force, all at once.
    ///
    /// Resumable: a later call with the same generation goes on where the last one stopped. A document that is published meanwhile is done
    /// again. Replicas of the old generation go on answering from its chunks but take in nothing more once the new one is active: restart
    /// them with its settings. The old chunks stay, so the way back is the same call with the old settings.
    /// - Parameters:
    ///   - generation: What the new chunks and vectors belong to.
    ///   - transform: Makes chunks and one vector for each of a revision and its canonical text.
    ///   - progress: Called after each document with the number done and the number of all.
    package func reembed(
        to generation: Generation,
        transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix),
        progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(RAGError) {
        let target = StoredGeneration(generation)
        guard var state = try await state() else { return }
        try await createChunks(of: target)
        while !state.generations.contains(target) {
            try await move(state, to: state.adding(target))
            guard let now = try await self.state() else { return }
            state = now
        }
        while true {
            let filled = try await fill(target, transform: transform, progress: progress)
            guard filled == 0 else { continue }
            guard let now = try await self.state() else { return }
            // Once it is active, one more look: a replica may have published for the old one until then.
            if now.active.key == target.key { return serve(target) }
            try await move(now, to: now.activating(target))
        }
    }

    /// Deletes the chunks of all generations but the active one.
    /// - Returns: How many generations went.
    package func prune() async throws(RAGError) -> Int {
        guard let state = try await state() else { return 0 }
        let others = state.generations.filter { $0.key != state.active.key }
        guard !others.isEmpty else { return 0 }
        for other in others { try await chunks(of: other).drop() }
        try await move(state, to: CollectionState(sequence: state.sequence + 1, active: state.active, generations: [state.active]))
        return others.count
    }

    /// Fills in what the target lacks.
    /// - Returns: How many documents that were.
    private func fill(
        _ target: StoredGeneration,
        transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix),
        progress: @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws(RAGError) -> Int {
        var pending: [DocumentKey] = []
        var total = 0
        try await records.forEach(Self.aliveHeads) { points throws(RAGError) in
            for point in points {
                total += 1
                let scope = TenantScope(authenticated: try point.requiredString(Field.tenant))
                let key = DocumentKey(DocumentID(stored: try point.requiredString(Field.name)), in: scope)
                if try Head(point, key: key).chunks[target.key] == nil { pending.append(key) }
            }
        }
        for (position, key) in pending.enumerated() {
            try await fill(key, target, transform: transform)
            progress(total - pending.count + position + 1, total)
        }
        return pending.count
    }

    private func fill(
        _ key: DocumentKey,
        _ target: StoredGeneration,
        transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix)
    ) async throws(RAGError) {
        let scope = TenantScope(authenticated: key.tenant)
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let head = try await heads.read(key)
            guard let current = head.current, head.chunks[target.key] == nil else { return }
            guard let text = try await text(of: current, in: scope) else { continue }
            let made: (chunks: [Chunk], vectors: EmbeddingMatrix)
            do { made = try await transform(current.revision, text) } catch { throw RAGError.wrapping(error, "re-embedding failed") }
            let chunks = try StoredChunk.paired(made.chunks, made.vectors, text: text, dimension: target.generation.space.dimension)
            let terms = TenantTerms(scope)
            try await self.chunks(of: target).upsert(chunks.map { $0.point(current, head: head, terms: terms) })
            var next = head
            next.sequence += 1
            next.chunks[target.key] = chunks.count
            let now = try await heads.move(head, to: next)
            if now.current?.publication == current.publication, now.chunks[target.key] == chunks.count { return }
        }
        throw RAGError(.overloaded, "a document is being changed by others without a pause; retry later")
    }
}
