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
