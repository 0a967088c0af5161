// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore

/// A chunk's row with what its index entry is made of.
struct StoredChunk {
    var key: Int64
    var document: DocumentID
    var revision: Int
    var chunk: Chunk
    var vector: [Float]
    /// What the lexical index sees.
    var indexedText: String
    var metadata: Metadata

    var reference: ChunkReference {
        ChunkReference(document: document, revision: revision, ordinal: chunk.ordinal)
    }
}

extension TenantRows {
    /// Writes a chunk and returns its key.
    func insert(
        _ chunk: Chunk,
        vector: ArraySlice<Float>,
        revision: Int,
        of document: Int64,
        generation: Int64
    ) throws -> Int64 {
        try execute(
            """
            INSERT INTO chunks
                (tenant, generation, document, revision, ordinal, range_start, range_end, heading_path, page, vector)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                tenant, generation, document, revision, chunk.ordinal, chunk.range.lowerBound, chunk.range.upperBound,
                Columns.encode(chunk.headingPath), chunk.page, Columns.encode(vector),
            ]
        )
        return db.lastInsertedRowID
    }

    /// A document's chunks in the generation, by ordinal.
    func chunks(of document: Int64, generation: ActiveGeneration) throws -> [StoredChunk] {
        try stored("c.document = ?3", [generation.key, tenant, document], generation, order: "c.ordinal")
    }

    /// Chunks by their keys, in no particular order; at most a few hundred.
    func chunks(keys: ArraySlice<Int64>, generation: ActiveGeneration) throws -> [StoredChunk] {
        // The keys go in as one JSON text, so that one statement serves any number of them.
        let list = "[" + keys.map(String.init).joined(separator: ",") + "]"
        return try stored(
            "c.key IN (SELECT value FROM json_each(?3))",
            [generation.key, tenant, list],
            generation,
            order: "c.document, c.ordinal"
        )
    }

    /// The keys of all of the tenant's chunks in the generation, ascending.
    func chunkKeys(generation: ActiveGeneration) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: "SELECT key FROM chunks WHERE tenant = ? AND generation = ? ORDER BY key"
        )
        return try Int64.fetchAll(statement, arguments: [tenant, generation.key])
    }

    func chunkCount(of document: Int64, generation: ActiveGeneration) throws -> Int {
        try value(
            "SELECT COUNT(*) FROM chunks WHERE tenant = ? AND document = ? AND generation = ?",
            [tenant, document, generation.key]
        ) ?? 0
    }

    /// Deletes a document's chunks of every generation: one that is being filled must see the new revision, too.
    func deleteChunks(of document: Int64) throws {
        try execute("DELETE FROM chunks WHERE tenant = ? AND document = ?", [tenant, document])
    }

    private func stored(
        _ condition: String,
        _ arguments: StatementArguments,
        _ generation: ActiveGeneration,
        order: String
    ) throws -> [StoredChunk] {
        let sql = """
            SELECT c.key, d.id, c.revision, c.ordinal, c.range_start, c.range_end, c.heading_path, c.vector,
                r.text, r.title, r.metadata, c.page
            FROM chunks c
            JOIN documents d ON d.key = c.document
            JOIN revisions r ON r.document = c.document AND r.number = c.revision
            WHERE c.generation = ?1 AND c.tenant = ?2 AND d.tenant = ?2 AND r.tenant = ?2 AND \(condition)
            ORDER BY \(order)
            """
        let rows = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: arguments)
        var stored: [StoredChunk] = []
        var text = (key: Int64(-1), bytes: [UInt8]())
        while let row = try rows.next() {
            // Chunks of one document follow each other: its text is read once.
            let key: Int64 = row[8]
            if key != text.key { text = (key, try bytes(ofText: key)) }
            stored.append(try Self.chunk(row, text: text.bytes, dimension: generation.space.dimension))
        }
        return stored
    }

    private static func chunk(_ row: Row, text: [UInt8], dimension: Int) throws -> StoredChunk {
        let start: Int = row[4]
        let end: Int = row[5]
        guard 0 <= start, start <= end, end <= text.count else { throw Columns.damaged("a chunk's range") }
        let chunk = Chunk(ordinal: row[3], range: start..<end, headingPath: try Columns.headings(row[6]), page: row[11])
        let body = String(decoding: text[start..<end], as: UTF8.self)
        return StoredChunk(
            key: row[0],
            document: DocumentID(stored: row[1]),
            revision: row[2],
            chunk: chunk,
            vector: try Columns.vector(row, at: 7, dimension: dimension),
            indexedText: chunk.indexedText(title: row[9], body: body),
            metadata: try Columns.metadata(row[10])
        )
    }
}
