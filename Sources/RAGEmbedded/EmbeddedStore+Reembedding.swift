// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
package import RAGCore
import RAGText

extension EmbeddedStore {
    /// A document to chunk and embed anew.
    private struct Pending: Sendable {
        var document: Int64
        var tenant: Int64
        var revision: Revision
        var text: String
    }

    /// Chunks and embeds every current revision for another generation, then puts that in force, all at once.
    ///
    /// Until then searches see the old one. Stopped half-way, a later call with the same generation goes on where it stopped. A document
    /// that is published meanwhile is done again. For a store that is served elsewhere it must not be used: the directory is locked.
    /// - Parameters:
    ///   - generation: What the new chunks and vectors belong to.
    ///   - transform: Makes chunks and one vector for each of a revision and its canonical text.
    ///   - progress: Called after each document with the number done and the number of all.
    package func reembed(
        to generation: Generation,
        transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix),
        progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(RAGError) {
        let target = try await commits.write { db, _ in try Self.target(generation, in: db) }
        guard let target else { return }
        while true {
            var (done, total): (Int, Int) = try read { db in try Self.progress(for: target, in: db) }
            var last: Int64 = 0
            while let next = try nextPending(after: last, for: target) {
                let made: (chunks: [Chunk], vectors: EmbeddingMatrix)
                do { made = try await transform(next.revision, next.text) } catch { throw RAGError.wrapping(error, "re-embedding failed") }
                try await fill(next, with: made, target)
                last = next.document
                done += 1
                progress(done, max(done, total))
            }
            CrashPoint.beforeGenerationSwitch.reached()
            let isComplete = try await commits.write { db, _ in try Self.activate(target, in: db) }
            if isComplete { break }
        }
        adopt(target)
        try await commits.onWriter { db in _ = try db.checkpoint(.truncate) }
    }

    private func fill(
        _ pending: Pending,
        with made: (chunks: [Chunk], vectors: EmbeddingMatrix),
        _ target: ActiveGeneration
    ) async throws(RAGError) {
        let revision = pending.revision
        let publication = Publication(
            document: revision.document,
            hash: revision.hash,
            text: pending.text,
            format: revision.format,
            title: revision.title,
            url: revision.url,
            metadata: revision.metadata,
            generation: target.generation,
            chunks: made.chunks,
            vectors: made.vectors
        )
        // Checks that everything fits together.
        _ = try PreparedPublication(publication, extractor: .init())
        try await commits.write { db, _ in
            let rows = TenantRows(db: db, tenant: pending.tenant)
            let current: Int? = try rows.value(
                "SELECT revision FROM documents WHERE tenant = ? AND key = ?",
                [pending.tenant, pending.document]
            )
            guard current == revision.number else { return }
            try rows.execute(
                "DELETE FROM chunks WHERE tenant = ? AND document = ? AND generation = ?",
                [pending.tenant, pending.document, target.key]
            )
            for (position, chunk) in made.chunks.enumerated() {
                _ = try rows.insert(
                    chunk,
                    vector: made.vectors[position],
                    revision: revision.number,
                    of: pending.document,
                    generation: target.key
                )
            }
        }
    }

    /// The generation to fill; nil if it is in force already.
    private static func target(_ generation: Generation, in db: Database) throws -> ActiveGeneration? {
        if let known = try ActiveGeneration.named(generation.identifier, in: db) {
            return try ActiveGeneration.current(in: db) == known ? nil : known
        }
        // What another, abandoned conversion left is of no use.
        try db.execute(sql: "DELETE FROM chunks WHERE generation IN (SELECT key FROM generations WHERE state = 'filling')")
        try db.execute(sql: "DELETE FROM generations WHERE state = 'filling'")
        return try ActiveGeneration.insert(generation, state: "filling", in: db)
    }

    private static let unfilled = """
        FROM documents d WHERE NOT EXISTS
            (SELECT 1 FROM chunks c WHERE c.document = d.key AND c.generation = ? AND c.revision = d.revision)
        """

    private func nextPending(after last: Int64, for target: ActiveGeneration) throws(RAGError) -> Pending? {
        try read { db in try Self.nextPending(after: last, for: target, in: db) }
    }

    private static func nextPending(after last: Int64, for target: ActiveGeneration, in db: Database) throws -> Pending? {
        let statement = try db.cachedStatement(
            sql: "SELECT d.key, d.tenant, d.id, d.revision \(unfilled) AND d.key > ? ORDER BY d.key LIMIT 1"
        )
        guard let row = try Row.fetchOne(statement, arguments: [target.key, last]) else { return nil }
        let rows = TenantRows(db: db, tenant: row[1])
        guard let revision = try rows.revision(row[3], of: row[0], id: DocumentID(stored: row[2])),
            let text = try rows.text(ofRevision: revision.number, document: row[0])
        else { throw Columns.damaged("a revision") }
        let bytes = try rows.bytes(ofText: text)
        return Pending(document: row[0], tenant: row[1], revision: revision, text: String(decoding: bytes, as: UTF8.self))
    }

    private static func progress(for target: ActiveGeneration, in db: Database) throws -> (done: Int, total: Int) {
        let total = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM documents") ?? 0
        let left = try Int.fetchOne(db, sql: "SELECT COUNT(*) \(unfilled)", arguments: [target.key]) ?? 0
        return (total - left, total)
    }

    /// Puts a generation in force if every document has its chunks.
    private static func activate(_ target: ActiveGeneration, in db: Database) throws -> Bool {
        guard try Int.fetchOne(db, sql: "SELECT COUNT(*) \(unfilled)", arguments: [target.key]) == 0 else { return false }
        try db.execute(sql: "DELETE FROM chunks WHERE generation <> ?", arguments: [target.key])
        try db.execute(sql: "DELETE FROM generations WHERE key <> ?", arguments: [target.key])
        try db.execute(sql: "UPDATE generations SET state = 'active' WHERE key = ?", arguments: [target.key])
        return true
    }
}
