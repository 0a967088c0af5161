// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore

extension EmbeddedStore {
    package func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        let id = JobID(rawValue: "job_" + UUID().uuidString.lowercased())
        let payloads = sources.map { (id: $0.id, payload: IngestPayload($0)) }
        let now = Date().timeIntervalSince1970
        let (tenantQueue, globalQueue) = (settings.tenantQueue, settings.globalQueue)
        return try await commits.write { db, _ in
            let rows = try TenantRows.created(scope, in: db)
            let own = try rows.value("SELECT COUNT(*) FROM job_items WHERE tenant = ?", [rows.tenant], as: Int.self) ?? 0
            guard own + payloads.count <= tenantQueue else {
                throw RAGError(
                    .rateLimited,
                    "\(own) of your documents wait already, at most \(tenantQueue) may; retry later",
                    retryAfter: .seconds(10)
                )
            }
            guard try Self.depth(in: db) + payloads.count <= globalQueue else {
                throw RAGError(.overloaded, "the ingest queue is full; retry later", retryAfter: .seconds(30))
            }
            try rows.execute(
                "INSERT INTO jobs (tenant, id, created_at, total) VALUES (?, ?, ?, ?)",
                [rows.tenant, id.rawValue, now, payloads.count]
            )
            let job = db.lastInsertedRowID
            for (position, entry) in payloads.enumerated() {
                try rows.execute(
                    "INSERT INTO job_items (tenant, job, item, document, header, payload) VALUES (?, ?, ?, ?, ?, ?)",
                    [rows.tenant, job, position, entry.id.rawValue, entry.payload.header, entry.payload.bytes]
                )
            }
            return id
        }
    }

    package func lease(_ limit: Int, for duration: Duration) async throws(RAGError) -> [LeasedWork] {
        guard limit > 0 else { return [] }
        // An idle worker asks often: the writer is only troubled when something waits.
        let now = elapsed()
        guard try read({ db in try Self.leasable(at: now, limit: 1, in: db).isEmpty == false }) else { return [] }
        return try await commits.write { db, _ in
            var work: [LeasedWork] = []
            while work.count < limit {
                let rows = try Self.leasable(at: now, limit: limit - work.count, in: db)
                if rows.isEmpty { break }
                for row in rows {
                    if let leased = try Self.lease(row, until: now + duration.inSeconds, in: db) { work.append(leased) }
                }
            }
            return work
        }
    }

    package func renew(_ lease: IngestLease, for duration: Duration) async throws(RAGError) {
        let end = elapsed() + duration.inSeconds
        try await withItem(of: lease) { rows, item in
            try rows.execute("UPDATE job_items SET leased_until = ? WHERE tenant = ? AND key = ?", [end, rows.tenant, item.key])
        }
    }

    package func complete(_ lease: IngestLease, status: PublishStatus) async throws(RAGError) {
        try await withItem(of: lease) { rows, item in
            let end: ItemEnd = status == .failed ? .failed(reason: "the document could not be indexed") : .published(status)
            try rows.end(item, end)
        }
    }

    package func fail(_ lease: IngestLease, reason: String, permanent: Bool) async throws(RAGError) {
        try await withItem(of: lease) { rows, item in
            if permanent { return try rows.end(item, .failed(reason: reason)) }
            if item.attempts >= Self.strikes { return try rows.end(item, .quarantined(reason: reason)) }
            try rows.execute(
                "UPDATE job_items SET leased_until = NULL, reason = ? WHERE tenant = ? AND key = ?",
                [reason, rows.tenant, item.key]
            )
        }
    }

    package func release(_ lease: IngestLease) async throws(RAGError) {
        try await withItem(of: lease) { rows, item in
            try rows.execute(
                "UPDATE job_items SET leased_until = NULL, attempts = attempts - 1 WHERE tenant = ? AND key = ?",
                [rows.tenant, item.key]
            )
        }
    }

    package func job(_ id: JobID, in scope: TenantScope) async throws(RAGError) -> JobRecord? {
        try read { db in try TenantRows.existing(scope, in: db)?.job(id) }
    }

    package func depth() async throws(RAGError) -> Int {
        try read { db in try Self.depth(in: db) }
    }

    private func withItem(
        of lease: IngestLease,
        _ body: @escaping @Sendable (TenantRows, JobItem) throws -> Void
    ) async throws(RAGError) {
        try await commits.write { db, _ in
            guard let rows = try TenantRows.existing(lease.scope, in: db) else {
                throw RAGError(.conflict, "the lease on item \(lease.item) of job \(lease.job) is lost")
            }
            try body(rows, rows.held(lease, scope: lease.scope))
        }
    }

    /// Seconds since the store was opened.
    private func elapsed() -> Double { started.duration(to: .now).inSeconds }

    static func depth(in db: Database) throws -> Int {
        try Int.fetchOne(try db.cachedStatement(sql: "SELECT COUNT(*) FROM job_items")) ?? 0
    }

    /// Items that may be leased, or given up, now. One that was tried before is leased alone: if it takes the process down again,
    /// no other item gets a strike for that. Younger ones wait meanwhile, so that its turn comes.
    private static func leasable(at now: Double, limit: Int, in db: Database) throws -> [Row] {
        let held = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT COUNT(*), COALESCE(MAX(attempts), 0) FROM job_items WHERE leased_until > ?"),
            arguments: [now]
        )
        let (count, mostAttempts): (Int, Int) = held.map { ($0[0], $0[1]) } ?? (0, 0)
        guard mostAttempts <= 1 else { return [] }
        var rows: [Row] = []
        var isAlone = count == 0
        for row in try waiting(at: now, limit: limit, in: db) {
            let attempts: Int = row[7]
            if attempts > 0, attempts < strikes {
                if isAlone { rows.append(row) }
                break
            }
            if attempts == 0 { isAlone = false }
            rows.append(row)
        }
        return rows
    }

    /// Items that nobody holds and that no older item of the same document goes before, oldest first: the key, the attempts,
    /// the reason of the last failure, and what a lease needs.
    private static func waiting(at now: Double, limit: Int, in db: Database) throws -> [Row] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT i.key, i.tenant, t.name, i.job, j.id, i.item, i.document, i.attempts, i.reason
                FROM job_items i JOIN jobs j ON j.key = i.job JOIN tenants t ON t.key = i.tenant
                WHERE (i.leased_until IS NULL OR i.leased_until <= ?)
                    AND NOT EXISTS (SELECT 1 FROM job_items e WHERE e.tenant = i.tenant AND e.document = i.document AND e.key < i.key)
                ORDER BY i.key LIMIT ?
                """
        )
        return try Row.fetchAll(statement, arguments: [now, limit])
    }

    /// Leases an item, or quarantines it if its strikes are used up: then every attempt ended in a crash or ran out of time.
    private static func lease(_ row: Row, until end: Double, in db: Database) throws -> LeasedWork? {
        let rows = TenantRows(db: db, tenant: row[1])
        let item = JobItem(key: row[0], job: row[3], item: row[5], document: row[6], attempts: row[7])
        if item.attempts >= strikes {
            let last: String? = row[8]
            let reason = "given up after \(strikes) attempts; the last one did not end" + (last.map { ", before: \($0)" } ?? "")
            try rows.end(item, .quarantined(reason: reason))
            return nil
        }
        try rows.execute(
            "UPDATE job_items SET attempts = attempts + 1, leased_until = ? WHERE tenant = ? AND key = ?",
            [end, rows.tenant, item.key]
        )
        guard
            let stored = try rows.row(
                "SELECT header, payload FROM job_items WHERE tenant = ? AND key = ?",
                [rows.tenant, item.key]
            )
        else { return nil }
        let payload = IngestPayload(header: stored[0], bytes: stored[1])
        return LeasedWork(
            lease: IngestLease(
                job: JobID(rawValue: row[4]),
                item: item.item,
                attempt: item.attempts + 1,
                scope: TenantScope(authenticated: row[2])
            ),
            source: try payload.source(id: DocumentID(stored: item.document))
        )
    }
}
