// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
package import RAGCore

extension EmbeddedStore {
    /// The generation that the store was prepared for; nil for a new store.
    package func servingGeneration() throws(RAGError) -> Generation? {
        try read { db in try ActiveGeneration.current(in: db)?.generation }
    }

    package func prepare(_ generation: Generation) async throws(RAGError) {
        guard generation.space.dimension > 0 else {
            throw RAGError(.invalidConfiguration, "the embedding model has no dimension")
        }
        let active = try await commits.write { db, _ in try Self.prepare(generation, in: db) }
        guard catalog.indexes?.generation != active else { return }
        adopt(active)
    }

    /// Puts a generation's indexes in force.
    func adopt(_ generation: ActiveGeneration) {
        let indexes = TenantIndexes(
            generation: generation,
            pool: pool,
            directory: settings.directory + "/index",
            logger: logger
        )
        indexes.snapshots.removeOtherGenerations()
        catalog.indexes = indexes
    }

    private static func prepare(_ generation: Generation, in db: Database) throws -> ActiveGeneration {
        if let active = try ActiveGeneration.current(in: db) {
            if active.identifier == generation.identifier { return active }
            let isEmpty = try Int.fetchOne(db, sql: "SELECT 1 FROM documents LIMIT 1") == nil
            guard isEmpty else {
                guard let filled = try ActiveGeneration.named(generation.identifier, in: db) else {
                    throw ActiveGeneration.mismatch(active, generation)
                }
                let missing = try filled.missing(in: db)
                guard missing == 0 else { throw try filled.incomplete(missing: missing, in: db, serving: active) }
                try filled.activate(in: db)
                return filled
            }
            try db.execute(sql: "DELETE FROM generations")
        }
        return try ActiveGeneration.insert(generation, state: "active", in: db)
    }
}
