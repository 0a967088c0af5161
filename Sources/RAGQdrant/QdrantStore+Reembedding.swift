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
        var last = Int.max
        while true {
            let filled = try await fill(target, transform: transform, progress: progress)
            guard let now = try await self.state() else { return }
            if now.active.key == target.key {
                if filled == 0 { return serve(target) }
                continue
            }
            // Where documents are published as fast as they are embedded, nothing is ever whole: then it becomes active with the last few
            // missing, and these are filled in while nobody publishes for the old one any more.
            if filled == 0 || filled >= last { try await move(now, to: now.activating(target)) }
            last = filled
        }
    }

    /// Deletes the chunks of all generations but the active one.
    /// - Returns: How many generations went.
    package func prune() async throws(RAGError) -> Int {
        // First nobody refers to them any more, then they go.
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            guard let state = try await state() else { return 0 }
            let others = state.generations.filter { $0.key != state.active.key }
            guard !others.isEmpty else { return 0 }
            let next = CollectionState(sequence: state.sequence + 1, active: state.active, generations: [state.active])
            try await move(state, to: next)
            guard try await self.state() == next else { continue }
            for other in others { try await chunks(of: other).drop() }
            return others.count
        }
        throw Self.neverStill
    }

    /// Fills in what the target lacks.
    /// - Returns: How many documents that were.
    private func fill(
        _ target: StoredGeneration,
        transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix),
        progress: @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws(RAGError) -> Int {
        // What heads say of a generation that was deleted since is no longer so: what is there counts.
        var held: [String: Int] = [:]
        try await chunks(of: target).forEach(.all([]), fields: .some([Field.publication]), pageSize: 5_000) { points throws(RAGError) in
            for point in points { held[try point.requiredString(Field.publication), default: 0] += 1 }
        }
        var pending: [DocumentKey] = []
        var total = 0
        try await records.forEach(Self.aliveHeads) { points throws(RAGError) in
            for point in points {
                total += 1
                let scope = TenantScope(authenticated: try point.requiredString(Field.tenant))
                let key = DocumentKey(DocumentID(stored: try point.requiredString(Field.name)), in: scope)
                let head = try Head(point, key: key)
                guard let current = head.current else { continue }
                if head.chunks[target.key] == nil || head.chunks[target.key] != held[current.publication] { pending.append(key) }
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
            guard let current = head.current else { return }
            if let count = head.chunks[target.key], try await held(current, of: key, in: target) == count { return }
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

    /// How many chunks of a publication there are in a generation.
    private func held(_ published: PublishedRevision, of key: DocumentKey, in target: StoredGeneration) async throws(RAGError) -> Int {
        let own = PointFilter.all([key.filter, .match(Field.publication, published.publication)])
        return try await chunks(of: target).count(own, deadline: .after(settings.writeLimit))
    }
}
