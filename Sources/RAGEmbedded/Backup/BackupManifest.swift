// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a backup says of itself.
package struct BackupManifest: Sendable, Hashable {
    /// The program that wrote it.
    package var program: String
    /// The newest migration of the tables.
    package var schema: String
    /// `Generation.identifier` of what it serves; nil for a store that never had one.
    package var generation: String?
    /// Seconds since 1970 at the snapshot point.
    package var createdAt: Double
    /// Rows of each table at the snapshot point.
    package var counts: [String: Int]
    /// `LogicalDigest` of the snapshot, `sha256:` and 64 digits.
    package var digest: String

    /// Documents, and accepted documents that wait.
    package var documents: Int { counts["documents"] ?? 0 }
    package var waiting: Int { counts["job_items"] ?? 0 }

    var json: [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        writer.object { writer in
            writer.member("program", program)
            writer.member("schema", schema)
            writer.member("generation", generation)
            writer.member("created_at", createdAt)
            writer.key("counts")
            writer.object { writer in
                for (table, count) in counts.sorted(by: { $0.key < $1.key }) { writer.member(table, count) }
            }
            writer.member("digest", digest)
        }
        return writer.bytes
    }

    init(program: String, schema: String, generation: String?, createdAt: Double, counts: [String: Int], digest: String) {
        self.program = program
        self.schema = schema
        self.generation = generation
        self.createdAt = createdAt
        self.counts = counts
        self.digest = digest
    }

    /// - Throws: `corrupt` if it cannot be read.
    init(parsing bytes: [UInt8]) throws(RAGError) {
        let damaged = RAGError(.corrupt, "the backup's manifest cannot be read")
        guard let json = try? JSONValue(parsing: bytes), let program = json["program"]?.string, let schema = json["schema"]?.string,
            let digest = json["digest"]?.string, let counts = json["counts"]?.object
        else { throw damaged }
        guard let time = json["created_at"]?.number else { throw damaged }
        var rows: [String: Int] = [:]
        for (table, count) in counts {
            guard let count = count.integer else { throw damaged }
            rows[table] = Int(count)
        }
        self.init(
            program: program,
            schema: schema,
            generation: json["generation"]?.string,
            createdAt: time,
            counts: rows,
            digest: digest
        )
    }
}
