// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
package import RAGCore

extension QdrantStore {
    package func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        let job = JobID(rawValue: "job_" + UUID().uuidString.lowercased())
        try await checkRoom(for: sources.count, in: scope)
        let keys = sources.map { DocumentKey($0.id, in: scope) }
        let first = try await nextOrder(of: keys)
        var parts: [PointWrite] = []
        var items: [PointWrite] = []
        for (position, (source, key)) in zip(sources, keys).enumerated() {
            let content = ContentParts.points(source, of: IngestItem.id(job, position), key: key)
            parts += content.points
            let item = IngestItem(
                tenant: scope.tenant,
                key: key,
                job: job,
                position: position,
                order: first + position,
                header: content.header,
                parts: content.points.count
            )
            items.append(item.point)
        }
        // Content before items, items before the job: whatever is there when a crash comes can be worked off or is left over.
        try await records.upsert(parts)
        try await records.upsert(items)
        let payload: [String: JSONValue] = [
            Field.kind: .string(RecordKind.job.rawValue), Field.tenant: .string(scope.tenant), Field.job: .string(job.rawValue),
            "total": .integer(Int64(sources.count)), Field.writtenAt: .number(WallClock.now),
        ]
        try await records.upsert([PointWrite(Self.jobID(job), payload)])
        return job
    }

    private static func jobID(_ job: JobID) -> PointID { PointID("job", job.rawValue) }

    private func checkRoom(for count: Int, in scope: TenantScope) async throws(RAGError) {
        let deadline = settings.readDeadline
        let own = PointFilter.all([.match(Field.tenant, scope.tenant), IngestItem.isItem, IngestItem.open])
        let waiting = try await records.count(own, deadline: deadline)
        guard waiting + count <= settings.tenantQueue else {
            throw RAGError(
                .rateLimited,
                "\(waiting) of your documents wait already, at most \(settings.tenantQueue) may; retry later",
                retryAfter: .seconds(10)
            )
        }
        guard try await depth() + count <= settings.globalQueue else {
            throw RAGError(.overloaded, "the ingest queue is full; retry later", retryAfter: .seconds(30))
        }
    }

    /// The order of the next items: now, and after everything that waits for the same documents, whatever another replica's clock said.
    private func nextOrder(of keys: [DocumentKey]) async throws(RAGError) -> Int {
        var last = 0
        let documents = Array(Set(keys.map(\.head.text)))
        for start in stride(from: 0, to: documents.count, by: 500) {
            let some = Array(documents[start..<min(start + 500, documents.count)])
            let filter = PointFilter.all([IngestItem.isItem, IngestItem.open, .matchAny(Field.document, some)])
            try await records.forEach(filter, fields: .some([Field.order])) { points throws(RAGError) in
                for point in points { last = max(last, try point.requiredInteger(Field.order)) }
            }
        }
        return max(Int(WallClock.now * 1e6), last + 1)
    }

    package func lease(_ limit: Int, for duration: Duration) async throws(RAGError) -> [LeasedWork] {
        guard limit > 0 else { return [] }
        var work: [LeasedWork] = []
        // Other replicas take items at the same moment; what they were faster with is left to them.
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let holding = holdings.state()
            if holding.hasRetried { return work }
            let chosen = try await choose(limit - work.count, for: duration, holding: holding.count)
            if chosen.isEmpty { return work }
            let moved = try await items.move(chosen).filter { $0.state == .held }
            do throws(RAGError) {
                for item in moved {
                    guard let source = try await items.source(of: item) else { continue }
                    holdings.add(item, for: duration)
                    work.append(LeasedWork(lease: item.lease, source: source))
                }
            } catch {
                // Nobody works on it: that is no strike.
                await items.giveBack(moved.map(\.voided))
                throw error
            }
            if work.count >= limit { return work }
        }
        return work
    }

    /// Items to take, changed to what they become.
    private func choose(_ limit: Int, for duration: Duration, holding: Int) async throws(RAGError) -> [IngestItem] {
        guard let state = try await state(), state.active.key == (try serving().generation.key) else { return [] }
        let now = WallClock.now
        var scan = LeaseScan(now: now, holding: holding)
        var chosen: [IngestItem] = []
        var leases = 0
        var seen: Set<PointID> = []
        var start: Int?
        let filter = PointFilter.all([IngestItem.isItem, IngestItem.open])
        while true {
            let pageSize = 128
            let deadline = settings.readDeadline
            let page = try await records.scroll(filter, limit: pageSize, orderedBy: Field.order, from: start, deadline: deadline).points
            var isNew = false
            for point in page where seen.insert(point.id).inserted {
                isNew = true
                guard var item = try? IngestItem(point) else {
                    start = point.integer(Field.order) ?? start
                    logger.error("an accepted document cannot be read and is passed over", metadata: ["point": "\(point.id.text)"])
                    continue
                }
                start = item.order
                switch scan.step(item) {
                case .skip: continue
                case .stop: return chosen
                case .quarantine:
                    let last = item.reason.map { ", before: \($0)" } ?? ""
                    chosen.append(
                        item.ended(.quarantined(reason: "given up after \(LeaseScan.strikes) attempts; the last one did not end" + last))
                    )
                case .lease:
                    item.state = .held
                    item.attempts += 1
                    item.leases += 1
                    item.leasedUntil = now + duration.inSeconds
                    chosen.append(item)
                    leases += 1
                    if leases == limit { return chosen }
                }
            }
            if page.count < pageSize || !isNew { return chosen }
        }
    }

    package func renew(_ lease: IngestLease, for duration: Duration) async throws(RAGError) {
        try await items.change(lease) { $0.leasedUntil = WallClock.now + duration.inSeconds }
        holdings.renew(lease, for: duration)
    }

    package func complete(_ lease: IngestLease, status: PublishStatus) async throws(RAGError) {
        // A try that follows one that was cut short ends here too if that came after the head had moved: readers must see that it has.
        if try await items.held(lease).leases > 1 { try await bumpVersion(of: lease.scope) }
        try await items.end(lease, .published(status))
        holdings.remove(lease)
    }

    package func fail(_ lease: IngestLease, reason: String, permanent: Bool) async throws(RAGError) {
        defer { holdings.remove(lease) }
        if permanent { return try await items.end(lease, .failed(reason: reason)) }
        if lease.attempt >= LeaseScan.strikes { return try await items.end(lease, .quarantined(reason: reason)) }
        try await items.change(lease) { item in
            item.state = .waiting
            item.reason = reason
        }
    }

    package func release(_ lease: IngestLease) async throws(RAGError) {
        defer { holdings.remove(lease) }
        try await items.change(lease) { item in
            item.state = .waiting
            item.attempts -= 1
        }
    }

    package func job(_ id: JobID, in scope: TenantScope) async throws(RAGError) -> JobRecord? {
        let deadline = settings.readDeadline
        let points = try await records.retrieve([Self.jobID(id)], deadline: deadline)
        // A job of another tenant is no violation: its id is all that was asked with.
        guard let point = points.first, point.string(Field.tenant) == scope.tenant else { return nil }
        let total = try point.requiredInteger("total")
        let own = PointFilter.all([.match(Field.tenant, scope.tenant), IngestItem.isItem, .match(Field.job, id.rawValue)])
        let counts = try await records.facet(Field.state, own, limit: 16, deadline: deadline)
        func count(_ state: IngestItem.State) -> Int { counts[state.rawValue] ?? 0 }
        let ended = count(.indexed) + count(.unchanged) + count(.failed) + count(.quarantined)
        let status: JobStatus =
            if ended < total { count(.held) > 0 || ended > 0 ? .running : .queued } else if count(.quarantined) > 0 { .quarantined } else {
                count(.failed) > 0 ? .failed : .done
            }
        var failures: [JobRecord.Failure] = []
        if count(.failed) + count(.quarantined) > 0 {
            let bad = PointFilter.matchAny(Field.state, [IngestItem.State.failed.rawValue, IngestItem.State.quarantined.rawValue])
            let page = try await records.scroll(.all([own, bad]), limit: 100, orderedBy: Field.order, deadline: deadline)
            for item in try page.points.map({ point throws(RAGError) in try IngestItem(point) }) {
                failures.append(
                    .init(document: item.name, quarantined: item.state == .quarantined, reason: item.reason ?? "no reason is known")
                )
            }
        }
        return JobRecord(
            id: id,
            status: status,
            total: total,
            indexed: count(.indexed),
            unchanged: count(.unchanged),
            failed: count(.failed) + count(.quarantined),
            failures: failures
        )
    }

    package func depth() async throws(RAGError) -> Int {
        try await records.count(.all([IngestItem.isItem, IngestItem.open]), deadline: settings.readDeadline)
    }
}
