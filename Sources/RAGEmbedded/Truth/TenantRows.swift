// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore

/// One tenant's rows, as one transaction sees them. Every statement on tenants' data is here or in an extension, and names the tenant.
struct TenantRows {
    let db: Database
    /// The tenant's key.
    let tenant: Int64

    /// The rows of the tenant of that name, or nil if it never wrote anything.
    static func existing(_ scope: TenantScope, in db: Database) throws -> TenantRows? {
        let statement = try db.cachedStatement(sql: "SELECT key FROM tenants WHERE name = ?")
        return try Int64.fetchOne(statement, arguments: [scope.tenant]).map { TenantRows(db: db, tenant: $0) }
    }

    /// The rows of the tenant of that name, which is recorded if it is new.
    static func created(_ scope: TenantScope, in db: Database) throws -> TenantRows {
        if let rows = try existing(scope, in: db) { return rows }
        try db.execute(sql: "INSERT INTO tenants (name) VALUES (?)", arguments: [scope.tenant])
        return TenantRows(db: db, tenant: db.lastInsertedRowID)
    }

    /// Runs a statement that returns nothing.
    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first column of the first row.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ sql: String,
        _ arguments: StatementArguments,
        as: Value.Type = Value.self
    ) throws -> Value? {
        try Value.fetchOne(try db.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
    }
}
