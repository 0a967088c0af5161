// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore
import RAGText

/// Fills another generation of a store, in a process of its own, while a server serves and changes the one in force.
///
/// It only ever adds to what nobody searches. Whatever a server publishes or withdraws takes a document's chunks of every generation away,
/// so that what is filled is never stale. `EmbeddedStore.prepare` puts a generation in force that no document lacks. Stopped anywhere, a
/// later run goes on from there.
package final class GenerationFilling: Sendable {
    /// What a run came to.
    package struct Outcome: Sendable, Hashable {
        /// Documents in the store.
        package var documents: Int
        /// Those that the generation lacks: published since they were looked at.
        package var missing: Int

        package init(documents: Int, missing: Int) {
            self.documents = documents
            self.missing = missing
        }
    }

    /// Makes chunks and one vector for each of a revision and its canonical text.
    package typealias Transform = @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix)

    /// Most documents that are worked on and written together: a transaction must be short, because a server waits for it.
    private static let batch = 16
    /// Most bytes of text that are worked on together, unless one document has more.
    private static let batchBytes = 1 << 20
    /// Rows that are deleted together.
    private static let prunedTogether = 2_000
    /// How long a write may wait for a server that writes all the time.
    private static let patience: TimeInterval = 120

    private let pool: DatabasePool

    /// Opens the store in `directory`, served or not.
    /// - Throws: `notFound` if there is none, `incompatible` if a server of another version serves it.
    package init(directory: String) throws(RAGError) {
        let path = directory + "/" + EmbeddedStore.fileName
        guard FileManager.default.fileExists(atPath: path) else { throw RAGError(.notFound, "there is no store in \(directory)") }
        // Tables are brought up to date only where nobody uses them.
        let lock = EmbeddedStore.server(of: directory) == nil ? try? DirectoryLock(directory: directory) : nil
        defer { lock?.release() }
        do {
            pool = try EmbeddedStore.pool(path, patience: Self.patience)
            if lock != nil { try Schema.migrate(pool) } else { try Schema.requireCurrent(pool) }
        } catch {
            throw StorageFault.error(error)
        }
    }

    package func close() throws(RAGError) {
        do { try pool.close() } catch { throw StorageFault.error(error) }
    }

    /// The generation in force; nil for a store that never had one.
    package func active() throws(RAGError) -> Generation? {
        do { return try pool.read { db in try ActiveGeneration.current(in: db)?.generation } } catch { throw StorageFault.error(error) }
    }

    /// Chunks and embeds every current revision that the generation lacks.
    ///
    /// A document that is published meanwhile is done again. Returns when none was missing at one moment, or when they come as fast as they
    /// can be done.
    /// - Parameter progress: Called after each batch with the number done and the number of all.
    package func fill(
        _ generation: Generation,
        transform: @escaping Transform,
        progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(RAGError) -> Outcome {
        let target = try await write { db in try Self.target(generation, in: db) }
        var outcome = try await standing(of: target)
        var previous = Int.max
        while outcome.missing > 0, outcome.missing < previous {
            previous = outcome.missing
            var last: Int64 = 0
            var done = outcome.documents - outcome.missing
            while true {
                let after = last
                let batch = try await read { db in try Self.pending(after: after, for: target, in: db) }
                guard let end = batch.last?.document else { break }
                let made = try await Self.make(batch, for: target, transform)
                try await write { db in for each in made { try Self.fill(each, target, in: db) } }
                last = end
                done += batch.count
                progress(done, max(done, outcome.documents))
            }
            outcome = try await standing(of: target)
        }
        CrashPoint.beforeGenerationSwitch.reached()
        return outcome
    }

    /// Deletes the chunks of every generation that is not in force, a few at a time.
    /// - Returns: How many.
    package func prune() async throws(RAGError) -> Int {
        var pruned = 0
        while true {
            let count = try await write { db in
                try db.execute(
                    sql: """
                        DELETE FROM chunks WHERE key IN (SELECT c.key FROM chunks c JOIN generations g ON g.key = c.generation
                            WHERE g.state <> 'active' LIMIT ?)
                        """,
                    arguments: [Self.prunedTogether]
                )
                let count = db.changesCount
                if count == 0 { try db.execute(sql: "DELETE FROM generations WHERE state <> 'active'") }
                return count
            }
            if count == 0 { return pruned }
            pruned += count
        }
    }

    private func standing(of target: ActiveGeneration) async throws(RAGError) -> Outcome {
        try await read { db in
            Outcome(
                documents: try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM documents") ?? 0,
                missing: try target.missing(in: db)
            )
        }
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RAGError) -> Value {
        do { return try await pool.write(body) } catch { throw StorageFault.error(error) }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RAGError) -> Value {
        do { return try await pool.read(body) } catch { throw StorageFault.error(error) }
    }

    /// The generation to fill, recorded if it is new.
    private static func target(_ generation: Generation, in db: Database) throws -> ActiveGeneration {
        guard generation.space.dimension > 0 else { throw RAGError(.invalidConfiguration, "the embedding model has no dimension") }
        if let known = try ActiveGeneration.named(generation.identifier, in: db) { return known }
        return try ActiveGeneration.insert(generation, state: "filling", in: db)
    }

    /// A document to chunk and embed.
    private struct Pending: Sendable {
        var document: Int64
        var tenant: Int64
        var revision: Revision
        var text: String
    }

    private struct Made: Sendable {
        var pending: Pending
        var chunks: [Chunk]
        var vectors: EmbeddingMatrix
    }

    private static func pending(after last: Int64, for target: ActiveGeneration, in db: Database) throws -> [Pending] {
        let statement = try db.cachedStatement(
            sql: "SELECT d.key, d.tenant, d.id, d.revision \(ActiveGeneration.lacking) AND d.key > ? ORDER BY d.key LIMIT ?"
        )
        var found: [Pending] = []
        var bytes = 0
        for row in try Row.fetchAll(statement, arguments: [target.key, last, batch]) {
            let rows = TenantRows(db: db, tenant: row[1])
            guard let revision = try rows.revision(row[3], of: row[0], id: DocumentID(stored: row[2])),
                let text = try rows.text(ofRevision: revision.number, document: row[0])
            else { throw Columns.damaged("a revision") }
            bytes += revision.length
            if !found.isEmpty, bytes > batchBytes { break }
            let content = String(decoding: try rows.bytes(ofText: text), as: UTF8.self)
            found.append(Pending(document: row[0], tenant: row[1], revision: revision, text: content))
        }
        return found
    }

    private static func make(
        _ batch: [Pending],
        for target: ActiveGeneration,
        _ transform: @escaping Transform
    ) async throws(RAGError) -> [Made] {
        do {
            return try await withThrowingTaskGroup(of: Made.self) { group in
                for pending in batch {
                    group.addTask {
                        let (chunks, vectors) = try await transform(pending.revision, pending.text)
                        try check(pending, chunks, vectors, target)
                        return Made(pending: pending, chunks: chunks, vectors: vectors)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        } catch {
            throw RAGError.wrapping(error, "re-embedding failed")
        }
    }

    /// Checks that everything fits together.
    private static func check(
        _ pending: Pending,
        _ chunks: [Chunk],
        _ vectors: EmbeddingMatrix,
        _ target: ActiveGeneration
    ) throws(RAGError) {
        let revision = pending.revision
        _ = try PreparedPublication(
            Publication(
                document: revision.document,
                hash: revision.hash,
                text: pending.text,
                format: revision.format,
                title: revision.title,
                url: revision.url,
                metadata: revision.metadata,
                generation: target.generation,
                chunks: chunks,
                vectors: vectors
            ),
            extractor: TermExtractor()
        )
    }

    /// Writes a document's chunks, unless it has another revision by now or is gone.
    private static func fill(_ made: Made, _ target: ActiveGeneration, in db: Database) throws {
        let (document, revision) = (made.pending.document, made.pending.revision)
        let rows = TenantRows(db: db, tenant: made.pending.tenant)
        let current: Int? = try rows.value("SELECT revision FROM documents WHERE tenant = ? AND key = ?", [rows.tenant, document])
        guard current == revision.number else { return }
        try rows.execute(
            "DELETE FROM chunks WHERE tenant = ? AND document = ? AND generation = ?",
            [rows.tenant, document, target.key]
        )
        for (position, chunk) in made.chunks.enumerated() {
            _ = try rows.insert(
                chunk,
                vector: made.vectors[position],
                revision: revision.number,
                of: document,
                generation: target.key
            )
        }
    }
}
