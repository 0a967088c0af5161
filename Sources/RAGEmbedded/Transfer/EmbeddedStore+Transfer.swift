// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
package import RAGCore

extension EmbeddedStore: TransferableStore {
    package func generation() async throws(RAGError) -> Generation? { try servingGeneration() }

    package func tenants() async throws(RAGError) -> [TenantScope] {
        try await readAway { db in try TenantRows.populated(in: db) }
    }

    package func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive? {
        try await readAway { db in try TenantRows.archive(of: id, in: scope, db) }
    }

    @concurrent
    package func adopt(_ archive: DocumentArchive, in scope: TenantScope) async throws(RAGError) {
        let indexes = try indexes()
        let prepared = try PreparedArchive(archive, generation: indexes.generation.generation, extractor: indexes.extractor)
        let tenant = try await commits.write { db, changes in
            let rows = try TenantRows.created(scope, in: db)
            try rows.adopt(prepared, &changes)
            return rows.tenant
        }
        indexes.openAhead(of: tenant)
    }
}

extension TenantRows {
    /// The tenants that have a document, by name.
    static func populated(in db: Database) throws -> [TenantScope] {
        let sql = "SELECT name FROM tenants t WHERE EXISTS (SELECT 1 FROM documents d WHERE d.tenant = t.key) ORDER BY name"
        return try String.fetchAll(db, sql: sql).map { TenantScope(authenticated: $0) }
    }

    static func archive(of id: DocumentID, in scope: TenantScope, _ db: Database) throws -> DocumentArchive? {
        guard let generation = try ActiveGeneration.current(in: db) else { return nil }
        return try existing(scope, in: db)?.archive(of: id, generation: generation)
    }
}
