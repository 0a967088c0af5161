// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore

extension EmbeddedStore {
    package func document(
        _ id: DocumentID,
        history: Bool,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentRecord? {
        try read { db in
            guard let rows = try TenantRows.existing(scope, in: db), let head = try rows.head(of: id),
                let current = try rows.revision(head.revision, of: head.key, id: id)
            else { return nil }
            let generation = try ActiveGeneration.current(in: db)
            return DocumentRecord(
                current: current,
                chunks: try generation.map { try rows.chunkCount(of: head.key, generation: $0) } ?? 0,
                generation: generation?.identifier ?? "",
                revisions: history ? try rows.revisions(of: head.key, id: id) : []
            )
        }
    }

    package func text(
        of id: DocumentID,
        revision: Int?,
        in scope: TenantScope
    ) async throws(RAGError) -> (revision: Revision, text: String)? {
        try read { db in
            guard let rows = try TenantRows.existing(scope, in: db), let head = try rows.head(of: id),
                let found = try rows.revision(revision ?? head.revision, of: head.key, id: id),
                let text = try rows.text(ofRevision: found.number, document: head.key)
            else { return nil }
            return (found, String(decoding: try rows.bytes(ofText: text), as: UTF8.self))
        }
    }

    package func documents(
        after: DocumentID?,
        prefix: String?,
        limit: Int,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentPage {
        let limit = max(1, min(limit, 1_000))
        return try read { db in
            guard let rows = try TenantRows.existing(scope, in: db), let generation = try ActiveGeneration.current(in: db) else {
                return DocumentPage(documents: [], next: nil)
            }
            // One more than asked for says whether there is a next page.
            var page = try rows.page(after: after, prefix: prefix, limit: limit + 1, generation: generation)
            let hasMore = page.count > limit
            if hasMore { page.removeLast() }
            return DocumentPage(documents: page, next: hasMore ? page.last?.current.document : nil)
        }
    }

    package func passages(_ chunks: [ChunkReference], in scope: TenantScope) async throws(RAGError) -> [PassageText] {
        guard !chunks.isEmpty, let tenant = try key(of: scope) else { return [] }
        let generation = try indexes().generation
        return try read { db in
            let rows = TenantRows(db: db, tenant: tenant)
            return try chunks.compactMap { try rows.passage($0, generation: generation) }
        }
    }

    package func statistics(in scope: TenantScope?) async throws(RAGError) -> StoreStatistics {
        let tenant: Int64?
        if let scope {
            guard let key = try key(of: scope) else {
                return StoreStatistics(tenants: 0, documents: 0, revisions: 0, chunks: 0, bytes: 0)
            }
            tenant = key
        } else {
            tenant = nil
        }
        let files = bytesOnDisk()
        return try await readAway { db in
            func count(_ sql: String) throws -> Int {
                let condition = tenant == nil ? "" : (sql.contains("WHERE") ? " AND" : " WHERE") + " tenant = ?"
                return try Int.fetchOne(db, sql: sql + condition, arguments: tenant.map { [$0] } ?? []) ?? 0
            }
            let own = "SELECT COALESCE(SUM(length), 0) FROM texts"
            return StoreStatistics(
                tenants: try tenant == nil ? Int.fetchOne(db, sql: "SELECT COUNT(*) FROM tenants") ?? 0 : 1,
                documents: try count("SELECT COUNT(*) FROM documents"),
                revisions: try count("SELECT COUNT(*) FROM revisions"),
                chunks: try count("SELECT COUNT(*) FROM chunks WHERE generation IN (SELECT key FROM generations WHERE state = 'active')"),
                // One tenant's share of a file cannot be told; its texts and vectors can.
                bytes: try tenant == nil ? files : count(own) + count("SELECT COALESCE(SUM(length(vector)), 0) FROM chunks")
            )
        }
    }

    private func bytesOnDisk() -> Int {
        let files = FileManager.default
        var total = 0
        for path in files.enumerator(atPath: settings.directory)?.compactMap({ $0 as? String }) ?? [] {
            let attributes = try? files.attributesOfItem(atPath: settings.directory + "/" + path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            total += (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }
        return total
    }
}

extension TenantRows {
    /// A chunk's text and what it belongs to; nil if it is gone or another revision is current.
    func passage(_ chunk: ChunkReference, generation: ActiveGeneration) throws -> PassageText? {
        // The part of the text in which the chunk begins comes along; few chunks reach into a second one.
        let sql = """
            SELECT c.range_start, c.range_end, c.heading_path, r.text, t.hash, r.title, r.url, r.metadata,
                substr(p.bytes, c.range_start % ?6 + 1, c.range_end - c.range_start), c.page
            FROM documents d
            JOIN chunks c ON c.document = d.key AND c.generation = ?3 AND c.ordinal = ?4
            JOIN revisions r ON r.document = d.key AND r.number = c.revision
            JOIN texts t ON t.key = r.text
            LEFT JOIN text_parts p ON p.text = r.text AND p.part = c.range_start / ?6 AND p.tenant = ?1
            WHERE d.tenant = ?1 AND d.id = ?2 AND c.tenant = ?1 AND r.tenant = ?1 AND c.revision = ?5
            """
        let arguments: StatementArguments = [
            tenant, chunk.document.rawValue, generation.key, chunk.ordinal, chunk.revision, Self.partLength,
        ]
        let rows = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: arguments)
        guard let row = try rows.next() else { return nil }
        let start: Int = row[0]
        let end: Int = row[1]
        guard 0 <= start, start <= end else { throw Columns.damaged("a chunk's range") }
        let text = try row.withUnsafeData(atIndex: 8) { data in
            if let data, data.count == end - start { return String(decoding: data, as: UTF8.self) }
            return try string(start..<end, ofText: row[3])
        }
        return PassageText(
            chunk: chunk,
            range: start..<end,
            headingPath: try Columns.headings(row[2]),
            page: row[9],
            text: text,
            hash: ContentHash(rawValue: row[4]),
            title: row[5],
            url: row[6],
            metadata: try Columns.metadata(row[7])
        )
    }
}
