// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
import RAGCore

/// A generation as the store knows it.
struct ActiveGeneration: Sendable, Hashable {
    var key: Int64
    var generation: Generation

    var identifier: String { generation.identifier }
    var space: EmbeddingSpace { generation.space }

    /// The generation that serves, or nil in a store that never had one.
    static func current(in db: Database) throws -> ActiveGeneration? {
        try first("state = 'active'", [], in: db)
    }

    /// The generation of that name, in whatever state.
    static func named(_ identifier: String, in db: Database) throws -> ActiveGeneration? {
        try first("identifier = ?", [identifier], in: db)
    }

    /// The generation that serves.
    /// - Throws: `incompatible` if there is none yet, or it is not `expected`.
    static func required(_ expected: Generation, in db: Database) throws -> ActiveGeneration {
        guard let active = try current(in: db) else {
            throw RAGError(.incompatible, "the store was not prepared for any generation")
        }
        guard active.identifier == expected.identifier else { throw mismatch(active, expected) }
        return active
    }

    /// Records a generation.
    static func insert(_ generation: Generation, state: String, in db: Database) throws -> ActiveGeneration {
        let space = generation.space
        try db.execute(
            sql: """
                INSERT INTO generations (identifier, model, fingerprint, dimension, pooling, query_prefix, passage_prefix,
                    precision, maximum_tokens, chunking, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                generation.identifier, space.model, space.fingerprint, space.dimension, space.pooling, space.queryPrefix,
                space.passagePrefix, space.precision, space.maximumTokens, generation.chunking, state,
            ]
        )
        return ActiveGeneration(key: db.lastInsertedRowID, generation: generation)
    }

    /// Documents of which the generation `?` has no chunks of the current revision.
    static let lacking = """
        FROM documents d WHERE NOT EXISTS
            (SELECT 1 FROM chunks c WHERE c.document = d.key AND c.generation = ? AND c.revision = d.revision)
        """

    /// How many documents the generation lacks.
    func missing(in db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) \(Self.lacking)", arguments: [key]) ?? 0
    }

    /// Puts this generation in force in place of the one that is; that one keeps its chunks, for the way back.
    func activate(in db: Database) throws {
        try db.execute(sql: "UPDATE generations SET state = 'filling' WHERE state = 'active'")
        try db.execute(sql: "UPDATE generations SET state = 'active' WHERE key = ?", arguments: [key])
    }

    /// Why a generation that is not complete cannot be put in force.
    func incomplete(missing: Int, in db: Database, serving held: ActiveGeneration) throws -> RAGError {
        let documents = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM documents") ?? 0
        return RAGError(
            .incompatible,
            """
            the store serves "\(held.identifier)"; of "\(identifier)", which the settings ask for, \(missing) of \(documents) documents \
            are missing; run `grounded reembed` to fill them, or set the model and the chunking back
            """
        )
    }

    static func mismatch(_ held: ActiveGeneration, _ asked: Generation) -> RAGError {
        RAGError(
            .incompatible,
            """
            the store holds chunks and vectors of "\(held.identifier)", the settings ask for "\(asked.identifier)"; \
            run `grounded reembed` to convert it, or set the model and the chunking back
            """
        )
    }

    private static func first(_ condition: String, _ arguments: StatementArguments, in db: Database) throws -> ActiveGeneration? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, model, fingerprint, dimension, pooling, query_prefix, passage_prefix, precision, maximum_tokens, chunking
                FROM generations WHERE \(condition)
                """
        )
        return try Row.fetchOne(statement, arguments: arguments).map { row in
            let space = EmbeddingSpace(
                model: row[1],
                fingerprint: row[2],
                dimension: row[3],
                pooling: row[4],
                queryPrefix: row[5],
                passagePrefix: row[6],
                precision: row[7],
                maximumTokens: row[8]
            )
            return ActiveGeneration(key: row[0], generation: Generation(space: space, chunking: row[9]))
        }
    }
}
