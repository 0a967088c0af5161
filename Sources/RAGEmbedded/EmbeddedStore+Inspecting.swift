// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
package import RAGCore

extension EmbeddedStore {
    /// How the writer's connection treats the disk, as SQLite reports it.
    package struct Durability: Sendable, Hashable {
        /// 2 is `FULL`: every commit is flushed.
        package var synchronous: Int
        /// 1: what is deleted is overwritten.
        package var secureDelete: Int
        package var foreignKeys: Int
        package var journal: String

        package init(synchronous: Int, secureDelete: Int, foreignKeys: Int, journal: String) {
            self.synchronous = synchronous
            self.secureDelete = secureDelete
            self.foreignKeys = foreignKeys
            self.journal = journal
        }
    }

    /// What is in force, read back rather than remembered.
    package func durability() async throws(RAGError) -> Durability {
        try await commits.onWriter { db in
            Durability(
                synchronous: try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1,
                secureDelete: try Int.fetchOne(db, sql: "PRAGMA secure_delete") ?? -1,
                foreignKeys: try Int.fetchOne(db, sql: "PRAGMA foreign_keys") ?? -1,
                journal: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            )
        }
    }

    /// Runs a statement behind the store's back, so that tests can damage what `verify` must find.
    package func tamper(_ sql: String) async throws(RAGError) {
        try await commits.onWriter { db in try db.execute(sql: sql) }
    }
}
