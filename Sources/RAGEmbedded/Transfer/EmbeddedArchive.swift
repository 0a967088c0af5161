// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore

/// A store's documents, read beside the server that holds the directory: nothing is locked and nothing is written.
///
/// Every call sees what was committed when it began.
package final class EmbeddedArchive: DocumentArchives {
    let pool: DatabasePool

    /// Opens the store in `directory` for reading.
    /// - Throws: `notFound` if there is none, `incompatible` if it was written by another version.
    package init(reading directory: String) throws(RAGError) {
        let path = directory + "/" + EmbeddedStore.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw RAGError(.notFound, "there is no store in \(directory)")
        }
        var configuration = Configuration()
        configuration.label = "grounded.archive"
        configuration.readonly = true
        configuration.busyMode = .timeout(30)
        configuration.maximumReaderCount = 8
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try Schema.requireCurrent(pool)
        } catch {
            throw StorageFault.error(error)
        }
    }

    package func close() throws(RAGError) {
        do { try pool.close() } catch { throw StorageFault.error(error) }
    }

    package func generation() async throws(RAGError) -> Generation? {
        try await read { db in try ActiveGeneration.current(in: db)?.generation }
    }

    package func tenants() async throws(RAGError) -> [TenantScope] {
        try await read { db in try TenantRows.populated(in: db) }
    }

    package func documentIDs(after: DocumentID?, limit: Int, in scope: TenantScope) async throws(RAGError) -> [DocumentID] {
        try await read { db in
            guard let rows = try TenantRows.existing(scope, in: db) else { return [] }
            let sql = "SELECT id FROM documents WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?"
            return try rows.rows(sql, [rows.tenant, after?.rawValue ?? "", max(1, limit)]).map { DocumentID(stored: $0[0]) }
        }
    }

    package func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive? {
        try await read { db in try TenantRows.archive(of: id, in: scope, db) }
    }

    /// Documents that were accepted and wait or are being worked on: the archives do not have them yet.
    package func depth() async throws(RAGError) -> Int {
        try await read { db in try EmbeddedStore.depth(in: db) }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RAGError) -> Value {
        do { return try await pool.read(body) } catch { throw StorageFault.error(error) }
    }
}
