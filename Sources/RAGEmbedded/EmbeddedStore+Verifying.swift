// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import GRDB
package import RAGCore

extension EmbeddedStore {
    /// Most faults that a report names; more do not help anybody.
    private static let mostFaults = 100
    /// Searches per tenant that are compared with exhaustive search.
    private static let sampledSearches = 50

    package func verify() async throws(RAGError) -> VerificationReport {
        var report = VerificationReport(documents: 0, chunks: 0, faults: [])
        report.faults = try await readAway { db in
            let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
            let dangling = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            return integrity.filter { $0 != "ok" }.map { "SQLite: \($0)" }
                + (dangling == 0 ? [] : ["SQLite: \(dangling) rows refer to rows that do not exist"])
        }
        let tenants = try await readAway { db in try Int64.fetchAll(db, sql: "SELECT key FROM tenants ORDER BY key") }
        for tenant in tenants {
            let texts = try await readAway { db in try Self.checkTexts(TenantRows(db: db, tenant: tenant)) }
            report.documents += texts.documents
            report.faults += texts.faults
            guard let indexes = catalog.indexes else { continue }
            let chunks = try await checkIndex(of: tenant, indexes)
            report.chunks += chunks.count
            report.faults += chunks.faults
        }
        if report.faults.count > Self.mostFaults { report.faults.removeSubrange(Self.mostFaults...) }
        return report
    }

    /// Every text against its checksum and length, every document against its revision.
    private static func checkTexts(_ rows: TenantRows) throws -> (documents: Int, faults: [String]) {
        var faults: [String] = []
        for row in try rows.rows("SELECT key, hash, length FROM texts WHERE tenant = ?", [rows.tenant]) {
            let key: Int64 = row[0]
            let hash: String = row[1]
            let length: Int = row[2]
            let bytes = try rows.bytes(ofText: key)
            if bytes.count != length { faults.append("text \(key) has \(bytes.count) bytes, not \(length)") }
            let digest = "sha256:" + SHA256.hash(data: bytes).hexadecimal
            if digest != hash { faults.append("text \(key) does not match its checksum") }
        }
        let headless: Int? = try rows.value(
            """
            SELECT COUNT(*) FROM documents d WHERE d.tenant = ?1 AND NOT EXISTS
                (SELECT 1 FROM revisions r WHERE r.document = d.key AND r.number = d.revision AND r.tenant = ?1)
            """,
            [rows.tenant]
        )
        if let headless, headless > 0 { faults.append("\(headless) documents have no current revision") }
        let stale: Int? = try rows.value(
            """
            SELECT COUNT(*) FROM chunks c JOIN documents d ON d.key = c.document
            WHERE c.tenant = ? AND (c.revision <> d.revision OR d.tenant <> c.tenant)
            """,
            [rows.tenant]
        )
        if let stale, stale > 0 { faults.append("\(stale) chunks do not belong to their document's current revision") }
        let documents: Int? = try rows.value("SELECT COUNT(*) FROM documents WHERE tenant = ?", [rows.tenant])
        return (documents ?? 0, faults)
    }

    /// The index against the chunks' rows, both as they were at one moment.
    private func checkIndex(
        of tenant: Int64,
        _ indexes: TenantIndexes
    ) async throws(RAGError) -> (count: Int, faults: [String]) {
        _ = try await indexes.index(of: tenant)
        // On the writer nothing is committed meanwhile, and all that was is applied.
        return try await commits.onWriter { db in
            guard let index = indexes.openIndex(of: tenant) else { return (0, ["the index of tenant \(tenant) was closed"]) }
            let rows = TenantRows(db: db, tenant: tenant)
            let keys = try rows.chunkKeys(generation: indexes.generation)
            var check = IndexCheck(index: index, indexes: indexes, name: "tenant \(tenant)")
            check.compare(keys: keys)
            for start in stride(from: 0, to: keys.count, by: 256) {
                check.reading {
                    for stored in try rows.chunks(keys: keys[start..<min(start + 256, keys.count)], generation: indexes.generation) {
                        try $0.compare(stored, rows)
                    }
                }
            }
            for position in stride(from: 0, to: keys.count, by: max(1, keys.count / Self.sampledSearches)) {
                check.reading {
                    for stored in try rows.chunks(keys: keys[position...position], generation: indexes.generation) { $0.search(stored) }
                }
            }
            return (keys.count, check.faults)
        }
    }
}
