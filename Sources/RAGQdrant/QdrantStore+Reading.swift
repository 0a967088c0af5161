// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    package func document(
        _ id: DocumentID,
        history: Bool,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentRecord? {
        let head = try await heads.read(DocumentKey(id, in: scope), deadline: settings.readDeadline)
        let chain = history ? try await chain(of: head, in: scope) : []
        return head.record(in: try serving().generation, history: chain.map(\.revision))
    }

    package func text(
        of id: DocumentID,
        revision: Int?,
        in scope: TenantScope
    ) async throws(RAGError) -> (revision: Revision, text: String)? {
        let head = try await heads.read(DocumentKey(id, in: scope), deadline: settings.readDeadline)
        guard let current = head.current else { return nil }
        if revision == nil || revision == current.revision.number {
            return try await text(of: current, in: scope).map { (current.revision, $0) }
        }
        guard let found = try await chain(of: head, in: scope).first(where: { $0.revision.number == revision }) else { return nil }
        return try await text(of: found, in: scope).map { (found.revision, $0) }
    }

    /// A publication's canonical text; nil if it was withdrawn meanwhile.
    func text(of published: PublishedRevision, in scope: TenantScope) async throws(RAGError) -> String? {
        var text = ""
        for start in stride(from: 0, to: published.parts, by: 16) {
            let ids = (start..<min(start + 16, published.parts)).map { TextParts.id(of: published.text, $0) }
            let points = isolation.own(try await records.retrieve(ids, deadline: .after(settings.writeLimit)), in: scope)
            var parts: [PointID: String] = [:]
            for point in points { parts[point.id] = try point.requiredString("text") }
            for id in ids {
                guard let part = parts[id] else {
                    // Either the document has gone meanwhile, or something is wrong.
                    let head = try await heads.read(DocumentKey(published.revision.document, in: scope))
                    guard try await chain(of: head, in: scope).contains(where: { $0.publication == published.publication }) else {
                        return nil
                    }
                    throw RAGError(.corrupt, "a part of a document's text is missing in qdrant; restore the collection from a snapshot")
                }
                text += part
            }
        }
        return text
    }

    /// The document's publications, oldest first, as each names the one before it. What lost a race is in no chain.
    func chain(of head: Head, in scope: TenantScope) async throws(RAGError) -> [PublishedRevision] {
        guard let current = head.current else { return [] }
        guard current.previous != nil else { return [current] }
        var records: [String: PublishedRevision] = [:]
        let filter = PointFilter.all([head.key.filter, .match(Field.kind, RecordKind.revision.rawValue)])
        try await self.records.forEach(filter) { points throws(RAGError) in
            for point in self.isolation.own(points, in: scope) {
                let record = try PublishedRevision(point, document: head.key.id)
                records[record.publication] = record
            }
        }
        var chain = [current]
        while let previous = chain.last?.previous, let record = records.removeValue(forKey: previous) { chain.append(record) }
        return chain.reversed()
    }

    package func passages(_ chunks: [ChunkReference], in scope: TenantScope) async throws(RAGError) -> [PassageText] {
        guard !chunks.isEmpty else { return [] }
        let serving = try serving()
        let deadline = settings.readDeadline
        let documents = chunks.map { DocumentKey($0.document, in: scope).head }
        let guessed = currents.guess(documents, in: scope)
        let early = Self.points(of: chunks, documents, guessed?.publications ?? [:])
        do {
            // What a search has just seen is most likely still so: the chunks are fetched while the version is asked.
            async let fetched = serving.chunks.retrieve(early.map(\.id), fields: .some(StoredChunk.fields), deadline: deadline)
            let version = try await sequence(in: scope)
            var points = try await fetched
            let current = try await currentPublications(of: Array(Set(documents)), in: scope, version: version, deadline)
            let wanted = Self.points(of: chunks, documents, current)
            if wanted.map(\.id) != early.map(\.id) {
                points = try await serving.chunks.retrieve(wanted.map(\.id), fields: .some(StoredChunk.fields), deadline: deadline)
            }
            var found: [PointID: Point] = [:]
            for point in isolation.own(points, in: scope) { found[point.id] = point }
            // A search has just found them: they are not gone, they were dropped.
            if found.isEmpty, !points.isEmpty {
                throw RAGError(.unavailable, "qdrant returned another tenant's data, which was dropped")
            }
            return try wanted.compactMap { reference, id in try found[id].map { try PassageText($0, reference) } }
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    /// The points of those chunks that belong to current publications.
    private static func points(
        of chunks: [ChunkReference],
        _ documents: [PointID],
        _ publications: [PointID: CurrentPublication]
    ) -> [(reference: ChunkReference, id: PointID)] {
        zip(chunks, documents).compactMap { chunk, document in
            guard let current = publications[document], current.revision == chunk.revision else { return nil }
            return (chunk, StoredChunk.id(of: current.publication.text, chunk.ordinal))
        }
    }

    /// The chunks of what the head names, with their vectors, in order; nil if they are being replaced.
    func storedChunks(of head: Head, in scope: TenantScope) async throws(RAGError) -> [StoredChunk]? {
        let serving = try serving()
        guard let current = head.current, let count = head.chunks[serving.generation.key] else { return nil }
        var chunks: [StoredChunk] = []
        // An answer may not hold more numbers than the parser takes.
        let page = max(1, min(200, 400_000 / serving.generation.generation.space.dimension))
        for start in stride(from: 0, to: count, by: page) {
            guard chunks.count == start else { return nil }
            let ids = (start..<min(start + page, count)).map { StoredChunk.id(of: current.publication, $0) }
            let points = try await serving.chunks.retrieve(ids, withDense: true, deadline: .after(settings.writeLimit))
            for point in isolation.own(points, in: scope) {
                chunks.append(try StoredChunk(point, dimension: serving.generation.generation.space.dimension))
            }
        }
        chunks.sort { $0.chunk.ordinal < $1.chunk.ordinal }
        return chunks.count == count ? chunks : nil
    }
}
