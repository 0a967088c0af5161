// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
import RAGCore

/// The tables. A released migration is never changed; a change is a new migration with a new name.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            for statement in version1 { try db.execute(sql: statement) }
        }
        migrator.registerMigration("v2") { db in
            for statement in version2 { try db.execute(sql: statement) }
        }
        migrator.registerMigration("v3") { db in
            // Null where the text has no pages.
            try db.execute(sql: "ALTER TABLE chunks ADD COLUMN page INTEGER")
        }
        return migrator
    }()

    /// The name of the newest migration.
    static var version: String { migrator.migrations.last ?? "" }

    static let newer = RAGError(.incompatible, "the store was written by a newer version of grounded; use that version")

    /// Brings the file's tables to this version.
    /// - Throws: `incompatible` if they are of a newer one.
    static func migrate(_ pool: DatabasePool) throws {
        if try pool.read(migrator.hasBeenSuperseded) { throw newer }
        try migrator.migrate(pool)
    }

    /// - Throws: `incompatible` unless the file has exactly the tables of this version.
    static func requireCurrent(_ reader: some DatabaseReader) throws {
        if try reader.read(migrator.hasBeenSuperseded) { throw newer }
        guard try reader.read(migrator.hasCompletedMigrations) else {
            throw RAGError(.incompatible, "the store was written by an older version of grounded; start the server of this version once")
        }
    }

    private static let version1 = [
        // Keys are never used twice (AUTOINCREMENT), so that a derived index that is behind can be told from the truth by keys alone.
        """
        CREATE TABLE tenants (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            purge_due INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        """
        CREATE TABLE generations (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            identifier TEXT NOT NULL UNIQUE,
            model TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            dimension INTEGER NOT NULL,
            pooling TEXT NOT NULL,
            query_prefix TEXT NOT NULL,
            passage_prefix TEXT NOT NULL,
            precision TEXT NOT NULL,
            maximum_tokens INTEGER NOT NULL,
            chunking TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active', 'filling'))
        ) STRICT
        """,
        "CREATE UNIQUE INDEX one_active_generation ON generations (state) WHERE state = 'active'",
        """
        CREATE TABLE documents (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            UNIQUE (tenant, id)
        ) STRICT
        """,
        // A canonical text, in parts, once per document however many revisions share it.
        """
        CREATE TABLE texts (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
            hash TEXT NOT NULL,
            length INTEGER NOT NULL,
            UNIQUE (document, hash)
        ) STRICT
        """,
        """
        CREATE TABLE text_parts (
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            text INTEGER NOT NULL REFERENCES texts (key) ON DELETE CASCADE,
            part INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (text, part)
        ) STRICT
        """,
        """
        CREATE TABLE revisions (
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            text INTEGER NOT NULL REFERENCES texts (key),
            created_at REAL NOT NULL,
            title TEXT,
            url TEXT,
            metadata TEXT NOT NULL,
            format TEXT NOT NULL,
            PRIMARY KEY (document, number)
        ) STRICT
        """,
        // Deleting a text looks for revisions that refer to it.
        "CREATE INDEX revisions_of_text ON revisions (text)",
        """
        CREATE TABLE chunks (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            generation INTEGER NOT NULL REFERENCES generations (key),
            document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            range_start INTEGER NOT NULL,
            range_end INTEGER NOT NULL,
            heading_path TEXT NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (document, generation, ordinal)
        ) STRICT
        """,
        "CREATE INDEX chunks_of_tenant ON chunks (tenant, generation)",
        """
        CREATE TABLE jobs (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            id TEXT NOT NULL UNIQUE,
            created_at REAL NOT NULL,
            total INTEGER NOT NULL,
            indexed INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            quarantined INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        // Only what has not ended: an item that ends is deleted with its payload, and counted in its job.
        """
        CREATE TABLE job_items (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            job INTEGER NOT NULL REFERENCES jobs (key) ON DELETE CASCADE,
            item INTEGER NOT NULL,
            document TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            leased_until REAL,
            reason TEXT,
            header TEXT NOT NULL,
            payload BLOB NOT NULL,
            UNIQUE (job, item)
        ) STRICT
        """,
        "CREATE INDEX job_items_of_document ON job_items (tenant, document)",
        """
        CREATE TABLE job_failures (
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            job INTEGER NOT NULL REFERENCES jobs (key) ON DELETE CASCADE,
            item INTEGER NOT NULL,
            document TEXT NOT NULL,
            quarantined INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (job, item)
        ) STRICT
        """,
    ]

    private static let version2 = [
        // Payloads that were given up, apart from what waits, so that no queue has to pass over them.
        """
        CREATE TABLE quarantined_items (
            tenant INTEGER NOT NULL REFERENCES tenants (key),
            job INTEGER NOT NULL REFERENCES jobs (key) ON DELETE CASCADE,
            item INTEGER NOT NULL,
            document TEXT NOT NULL,
            header TEXT NOT NULL,
            payload BLOB NOT NULL,
            PRIMARY KEY (job, item)
        ) STRICT
        """,
        "CREATE INDEX quarantined_items_of_document ON quarantined_items (tenant, document)",
        // Leasing asks what is held; reading that from the table would pass every payload.
        "CREATE INDEX leased_job_items ON job_items (leased_until, attempts) WHERE leased_until IS NOT NULL",
    ]
}
