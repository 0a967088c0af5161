// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore

/// How an item of a job ended.
enum ItemEnd {
    case published(PublishStatus)
    case failed(reason: String)
    case quarantined(reason: String)
}

extension TenantRows {
    /// Most failures that a job remembers one by one.
    static let rememberedFailures = 100

    /// Ends the item that the lease is for.
    /// - Throws: `conflict` if the lease is lost.
    func complete(_ lease: IngestLease, status: PublishStatus, scope: TenantScope) throws {
        let item = try held(lease, scope: scope)
        let end: ItemEnd = status == .failed ? .failed(reason: "the document could not be indexed") : .published(status)
        try self.end(item, end)
    }

    /// Ends what a publish or an update settles: the item that the lease is for, or, without a lease, all items of the document,
    /// whose content is older than what is published.
    /// - Throws: `conflict` if the lease is lost.
    func settle(_ lease: IngestLease?, status: PublishStatus, of id: DocumentID, scope: TenantScope) throws {
        if let lease { return try complete(lease, status: status, scope: scope) }
        for item in try items(of: id) { try end(item, .published(.unchanged)) }
        _ = try deleteQuarantined(id.rawValue)
    }

    /// The item that the lease is for.
    func held(_ lease: IngestLease, scope: TenantScope) throws -> JobItem {
        let row = try row(
            """
            SELECT i.key, i.job, i.item, i.document, i.attempts FROM job_items i JOIN jobs j ON j.key = i.job
            WHERE i.tenant = ? AND j.tenant = ? AND j.id = ? AND i.item = ? AND i.attempts = ? AND i.leased_until IS NOT NULL
            """,
            [tenant, tenant, lease.job.rawValue, lease.item, lease.attempt]
        )
        guard lease.scope == scope, let row else {
            throw RAGError(.conflict, "the lease on item \(lease.item) of job \(lease.job) is lost")
        }
        return JobItem(key: row[0], job: row[1], item: row[2], document: row[3], attempts: row[4])
    }

    /// Deletes an item and counts how it ended. Its payload goes with it unless it is quarantined: then an operator may look at it
    /// until the document is withdrawn or another version of it gets through.
    func end(_ item: JobItem, _ end: ItemEnd) throws {
        let column: String
        switch end {
        case .published(.unchanged): column = "unchanged = unchanged + 1"
        case .published: column = "indexed = indexed + 1"
        case .failed(let reason):
            column = "failed = failed + 1"
            try remember(item, reason, quarantined: false)
        case .quarantined(let reason):
            column = "failed = failed + 1, quarantined = quarantined + 1"
            try remember(item, reason, quarantined: true)
            try execute(
                """
                INSERT INTO quarantined_items (tenant, job, item, document, header, payload)
                SELECT tenant, job, item, document, header, payload FROM job_items WHERE tenant = ? AND key = ?
                """,
                [tenant, item.key]
            )
        }
        if case .published = end { _ = try deleteQuarantined(item.document) }
        try execute("DELETE FROM job_items WHERE tenant = ? AND key = ?", [tenant, item.key])
        try execute("UPDATE jobs SET \(column) WHERE tenant = ? AND key = ?", [tenant, item.job])
    }

    /// Takes a withdrawn document's waiting and quarantined work away, with the text in it.
    /// - Returns: How many items that were.
    func withdrawItems(of id: DocumentID) throws -> Int {
        let items = try items(of: id)
        for item in items { try end(item, .failed(reason: "withdrawn")) }
        return try items.count + deleteQuarantined(id.rawValue)
    }

    /// The document's items that have not ended.
    private func items(of id: DocumentID) throws -> [JobItem] {
        try rows(
            "SELECT key, job, item, document, attempts FROM job_items WHERE tenant = ? AND document = ?",
            [tenant, id.rawValue]
        ).map { JobItem(key: $0[0], job: $0[1], item: $0[2], document: $0[3], attempts: $0[4]) }
    }

    private func deleteQuarantined(_ document: String) throws -> Int {
        try execute("DELETE FROM quarantined_items WHERE tenant = ? AND document = ?", [tenant, document])
        return db.changesCount
    }

    func job(_ id: JobID) throws -> JobRecord? {
        let row = try row(
            "SELECT key, total, indexed, unchanged, failed, quarantined FROM jobs WHERE tenant = ? AND id = ?",
            [tenant, id.rawValue]
        )
        guard let row else { return nil }
        let key: Int64 = row[0]
        let touched: Int? = try value(
            "SELECT 1 FROM job_items WHERE tenant = ? AND job = ? AND (attempts > 0 OR leased_until IS NOT NULL) LIMIT 1",
            [tenant, key]
        )
        let failures = try rows(
            "SELECT document, quarantined, reason FROM job_failures WHERE tenant = ? AND job = ? ORDER BY item LIMIT ?",
            [tenant, key, Self.rememberedFailures]
        )
        var record = JobRecord(
            id: id,
            status: .queued,
            total: row[1],
            indexed: row[2],
            unchanged: row[3],
            failed: row[4],
            failures: failures.map { .init(document: DocumentID(stored: $0[0]), quarantined: $0[1], reason: $0[2]) }
        )
        let ended = record.indexed + record.unchanged + record.failed
        let quarantined: Int = row[5]
        if ended == record.total {
            record.status = quarantined > 0 ? .quarantined : record.failed > 0 ? .failed : .done
        } else if ended > 0 || touched != nil {
            record.status = .running
        }
        return record
    }

    private func remember(_ item: JobItem, _ reason: String, quarantined: Bool) throws {
        let known: Int = try value("SELECT failed FROM jobs WHERE tenant = ? AND key = ?", [tenant, item.job]) ?? 0
        guard known < Self.rememberedFailures else { return }
        try execute(
            "INSERT INTO job_failures (tenant, job, item, document, quarantined, reason) VALUES (?, ?, ?, ?, ?, ?)",
            [tenant, item.job, item.item, item.document, quarantined ? 1 : 0, reason]
        )
    }
}

/// One document of a job that has not ended.
struct JobItem {
    var key: Int64
    var job: Int64
    var item: Int
    var document: String
    var attempts: Int
}
