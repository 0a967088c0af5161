// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import Foundation
import GRDB

/// What a database holds, whatever its pages look like: every row of every table.
///
/// SHA-256 over the tables by name: the byte 1, the name, the number of columns and their names; then the rows in the order of the primary
/// key: the byte 2 and the values, each a byte for its type (0 null, 1 integer, 2 real, 3 text, 4 blob) and 8 bytes little-endian (the
/// integer, the real's bits, the length), for texts and blobs followed by the bytes; at the end the byte 0. Names are texts.
struct LogicalDigest: Sendable, Hashable {
    /// `sha256:` and 64 digits.
    var digest: String
    /// Rows by table.
    var counts: [String: Int]

    /// Reads everything that the transaction sees.
    init(of db: Database) throws {
        var hash = SHA256()
        counts = [:]
        // SQLite's own counters of keys are part of what must not be lost; its statistics are not.
        let tables = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'table' AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence')
                ORDER BY name
                """
        )
        for table in tables {
            counts[table] = try Self.add(table, of: db, to: &hash)
            try Task.checkCancellation()
        }
        hash.update(data: [0])
        digest = "sha256:" + hash.finalize().hexadecimal
    }

    private static func add(_ table: String, of db: Database, to hash: inout SHA256) throws -> Int {
        let columns = try Row.fetchAll(db, sql: "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", arguments: [table])
        let names = columns.map { $0[0] as String }
        let key = columns.filter { ($0[1] as Int) > 0 }.sorted { ($0[1] as Int) < ($1[1] as Int) }.map { $0[0] as String }
        hash.update(data: [1])
        add(3, Array(table.utf8), to: &hash)
        add(1, bits: UInt64(names.count), to: &hash)
        for name in names { add(3, Array(name.utf8), to: &hash) }
        let list = names.map(\.quotedDatabaseIdentifier).joined(separator: ", ")
        let order = (key.isEmpty ? names : key).map(\.quotedDatabaseIdentifier).joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT \(list) FROM \(table.quotedDatabaseIdentifier) ORDER BY \(order)")
        var count = 0
        while let row = try rows.next() {
            count += 1
            hash.update(data: [2])
            for index in names.indices { add((row[index] as DatabaseValue).storage, to: &hash) }
        }
        return count
    }

    private static func add(_ value: DatabaseValue.Storage, to hash: inout SHA256) {
        switch value {
        case .null: add(0, bits: 0, to: &hash)
        case .int64(let value): add(1, bits: UInt64(bitPattern: value), to: &hash)
        case .double(let value): add(2, bits: value.bitPattern, to: &hash)
        case .string(let text): add(3, Array(text.utf8), to: &hash)
        case .blob(let data):
            add(4, bits: UInt64(data.count), to: &hash)
            hash.update(data: data)
        }
    }

    private static func add(_ type: UInt8, bits: UInt64, to hash: inout SHA256) {
        hash.update(data: [type] + BackupFormat.bytes(bits))
    }

    private static func add(_ type: UInt8, _ bytes: [UInt8], to hash: inout SHA256) {
        add(type, bits: UInt64(bytes.count), to: &hash)
        hash.update(data: bytes)
    }
}
