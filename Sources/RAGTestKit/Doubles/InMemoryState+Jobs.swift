// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension InMemoryState {
    mutating func accept(_ sources: [DocumentSource], in scope: TenantScope) throws(RAGError) -> JobID {
        guard items.count(where: { $0.scope == scope }) + sources.count <= tenantQueue else {
            throw RAGError(.rateLimited, "too many of your documents wait", retryAfter: .seconds(10))
        }
        guard items.count + sources.count <= globalQueue else {
            throw RAGError(.overloaded, "the ingest queue is full", retryAfter: .seconds(30))
        }
        let id = JobID(rawValue: "job_\(jobs.count + 1)")
        let record = JobRecord(
            id: id,
            status: .queued,
            total: sources.count,
            indexed: 0,
            unchanged: 0,
            failed: 0,
            failures: []
        )
        jobs[id] = Job(scope: scope, record: record)
        for (position, source) in sources.enumerated() {
            items.append(Item(job: id, item: position, scope: scope, source: source))
        }
        return id
    }

    mutating func lease(_ limit: Int, for duration: Duration) -> [LeasedWork] {
        var work: [LeasedWork] = []
        let now = ContinuousClock.now
        for item in items where work.count < limit && (item.leasedUntil.map { $0 <= now } ?? true) {
            guard let position = position(of: item.job, item.item) else { continue }
            let next = IngestLease(job: item.job, item: item.item, attempt: item.attempts + 1, scope: item.scope)
            if item.attempts >= Self.strikes {
                items[position].leasedUntil = nil
                quarantine(position, reason: "given up after \(Self.strikes) attempts; the last one did not end")
            } else {
                items[position].attempts += 1
                items[position].leasedUntil = now.advanced(by: duration)
                work.append(LeasedWork(lease: next, source: item.source))
            }
        }
        return work
    }

    /// Throws `conflict` if the lease is lost.
    func check(_ lease: IngestLease, of scope: TenantScope) throws(RAGError) {
        guard lease.scope == scope, let position = position(of: lease.job, lease.item), items[position].scope == scope,
            items[position].attempts == lease.attempt, items[position].leasedUntil != nil
        else { throw RAGError(.conflict, "the lease is lost") }
    }

    mutating func renew(_ lease: IngestLease, for duration: Duration) {
        guard let position = position(of: lease.job, lease.item) else { return }
        items[position].leasedUntil = ContinuousClock.now.advanced(by: duration)
    }

    mutating func end(_ lease: IngestLease, with status: PublishStatus) {
        guard let position = position(of: lease.job, lease.item) else { return }
        switch status {
        case .unchanged: jobs[lease.job]?.record.unchanged += 1
        case .indexed, .updated: jobs[lease.job]?.record.indexed += 1
        case .failed: return end(position, reason: "the document could not be indexed", quarantined: false)
        }
        items.remove(at: position)
    }

    mutating func fail(_ lease: IngestLease, reason: String, permanent: Bool) {
        guard let position = position(of: lease.job, lease.item) else { return }
        if permanent { return end(position, reason: reason, quarantined: false) }
        if items[position].attempts >= Self.strikes { return quarantine(position, reason: reason) }
        items[position].leasedUntil = nil
    }

    mutating func release(_ lease: IngestLease) {
        guard let position = position(of: lease.job, lease.item) else { return }
        items[position].leasedUntil = nil
        items[position].attempts -= 1
    }

    mutating func withdrawWork(on id: DocumentID, of scope: TenantScope) {
        for position in items.indices.reversed() where items[position].source.id == id && items[position].scope == scope {
            end(position, reason: "withdrawn", quarantined: false)
        }
    }

    /// Ends what waited for a document before a change that came without a lease.
    mutating func settleWork(on id: DocumentID, of scope: TenantScope) {
        for position in items.indices.reversed() where items[position].source.id == id && items[position].scope == scope {
            jobs[items[position].job]?.record.unchanged += 1
            items.remove(at: position)
        }
    }

    func record(of id: JobID, in scope: TenantScope) -> JobRecord? {
        guard let job = jobs[id], job.scope == scope else { return nil }
        var record = job.record
        let left = items.filter { $0.job == id }
        if left.isEmpty {
            record.status = job.quarantined > 0 ? .quarantined : record.failed > 0 ? .failed : .done
        } else if left.count < record.total || left.contains(where: { $0.attempts > 0 || $0.leasedUntil != nil }) {
            record.status = .running
        }
        return record
    }

    private mutating func quarantine(_ position: Int, reason: String) {
        jobs[items[position].job]?.quarantined += 1
        end(position, reason: reason, quarantined: true)
    }

    private mutating func end(_ position: Int, reason: String, quarantined: Bool) {
        let item = items.remove(at: position)
        jobs[item.job]?.record.failed += 1
        guard jobs[item.job]?.record.failures.count ?? 0 < 100 else { return }
        jobs[item.job]?.record.failures.append(
            JobRecord.Failure(document: item.source.id, quarantined: quarantined, reason: reason)
        )
    }

    private func position(of job: JobID, _ item: Int) -> Int? { items.firstIndex { $0.job == job && $0.item == item } }
}
