// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
import RAGCore

/// A document's head: its key and its current revision's number.
struct DocumentHead {
    var key: Int64
    var revision: Int
}

extension TenantRows {
    private static let revisionColumns = """
        r.number, t.hash, r.created_at, r.title, r.url, r.metadata, r.format, t.length
        """

    func head(of id: DocumentID) throws -> DocumentHead? {
        let row = try row("SELECT key, revision FROM documents WHERE tenant = ? AND id = ?", [tenant, id.rawValue])
        return row.map { DocumentHead(key: $0[0], revision: $0[1]) }
    }

    func createDocument(_ id: DocumentID) throws -> DocumentHead {
        try execute("INSERT INTO documents (tenant, id, revision) VALUES (?, ?, 0)", [tenant, id.rawValue])
        return DocumentHead(key: db.lastInsertedRowID, revision: 0)
    }

    func revision(_ number: Int, of document: Int64, id: DocumentID) throws -> Revision? {
        let sql = """
            SELECT \(Self.revisionColumns) FROM revisions r JOIN texts t ON t.key = r.text
            WHERE r.tenant = ? AND r.document = ? AND r.number = ?
            """
        return try row(sql, [tenant, document, number]).map { try Self.revision($0, id: id) }
    }

    /// All revisions, oldest first.
    func revisions(of document: Int64, id: DocumentID) throws -> [Revision] {
        let sql = """
            SELECT \(Self.revisionColumns) FROM revisions r JOIN texts t ON t.key = r.text
            WHERE r.tenant = ? AND r.document = ? ORDER BY r.number
            """
        return try rows(sql, [tenant, document]).map { try Self.revision($0, id: id) }
    }

    /// Writes a revision over a stored text and makes it the current one.
    func append(_ revision: Revision, text: Int64, to document: Int64) throws {
        try execute(
            """
            INSERT INTO revisions (tenant, document, number, text, created_at, title, url, metadata, format)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                tenant, document, revision.number, text, revision.createdAt, revision.title, revision.url,
                Columns.encode(revision.metadata), revision.format.rawValue,
            ]
        )
        try execute(
            "UPDATE documents SET revision = ? WHERE tenant = ? AND key = ?",
            [revision.number, tenant, document]
        )
    }

    /// Heads after `after` in the order of ids' bytes, with their current revision and the number of its chunks.
    func page(
        after: DocumentID?,
        prefix: String?,
        limit: Int,
        generation: ActiveGeneration
    ) throws -> [DocumentRecord] {
        let prefix = prefix ?? ""
        // Ids that begin with the prefix are one range of the index; no id is longer than 128 times the greatest character.
        let end = prefix + String(repeating: "\u{10FFFF}", count: DocumentID.maximumLength / 4)
        let sql = """
            SELECT \(Self.revisionColumns), d.id,
                (SELECT COUNT(*) FROM chunks c WHERE c.document = d.key AND c.generation = ?1 AND c.tenant = ?2)
            FROM documents d
            JOIN revisions r ON r.document = d.key AND r.number = d.revision
            JOIN texts t ON t.key = r.text
            WHERE d.tenant = ?2 AND r.tenant = ?2 AND d.id > ?3 AND d.id >= ?4 AND d.id <= ?6
            ORDER BY d.id LIMIT ?5
            """
        let arguments: StatementArguments = [generation.key, tenant, after?.rawValue ?? "", prefix, limit, end]
        return try rows(sql, arguments).map { row in
            let current = try Self.revision(row, id: DocumentID(stored: row[8]))
            return DocumentRecord(current: current, chunks: row[9], generation: generation.identifier)
        }
    }

    /// Deletes a document with all its revisions, texts and chunks.
    func delete(document: Int64) throws {
        // Revisions refer to texts, so they go first; the rest goes with the document.
        try execute("DELETE FROM revisions WHERE tenant = ? AND document = ?", [tenant, document])
        try execute("DELETE FROM chunks WHERE tenant = ? AND document = ?", [tenant, document])
        try execute("DELETE FROM text_parts WHERE tenant = ? AND text IN (SELECT key FROM texts WHERE document = ?)", [tenant, document])
        try execute("DELETE FROM texts WHERE tenant = ? AND document = ?", [tenant, document])
        try execute("DELETE FROM documents WHERE tenant = ? AND key = ?", [tenant, document])
    }

    private static func revision(_ row: Row, id: DocumentID) throws -> Revision {
        Revision(
            document: id,
            number: row[0],
            hash: ContentHash(rawValue: row[1]),
            createdAt: row[2],
            title: row[3],
            url: row[4],
            metadata: try Columns.metadata(row[5]),
            format: try Columns.format(row[6]),
            length: row[7]
        )
    }
}
