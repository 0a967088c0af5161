// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// Accepted work is leased as it came, finished within the publish, and counted.
    public func runIngestLog() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let sources = [
            DocumentSource(
                id: try DocumentID("a"),
                title: "T",
                url: "u",
                metadata: ["k": .list([.string("v"), .boolean(false)])],
                content: .text("text a", format: .markdown)
            ),
            DocumentSource(id: try DocumentID("b"), content: .file([0, 255, 10, 13], name: "b.bin", mediaType: "application/x")),
            DocumentSource(id: try DocumentID("c"), content: .text("text c", format: nil)),
        ]
        let job = try await store.accept(sources, in: scope)
        try require(try await store.depth(), equals: 3, "the depth counts what waits")
        try require(try await store.job(job, in: scope)?.status, equals: .queued, "new work is queued")
        try require(try await store.job(job, in: .other) == nil, "another tenant's job does not exist")
        let work = try await store.lease(10, for: .seconds(60))
        try require(work.map(\.source), equals: sources, "work comes as it was accepted, in order")
        try require(work.allSatisfy { $0.lease.scope == scope && $0.lease.attempt == 1 }, "a lease has its scope and attempt")
        try require(try await store.lease(10, for: .seconds(60)).isEmpty, "what is held is not leased again")
        try require(try await store.job(job, in: scope)?.status, equals: .running, "held work runs")
        try require(work.count, equals: 3, "everything is leased")

        let publication = try ConformanceDocument("a", "text a").publication()
        let outcome = try await store.publish(publication, completing: work[0].lease, in: scope)
        try require(outcome.status, equals: .indexed, "a publish under a lease publishes")
        try await store.fail(work[1].lease, reason: "unreadable", permanent: true)
        try await store.complete(work[2].lease, status: .unchanged)
        let record = try unwrap(try await store.job(job, in: scope), "a job that ended is remembered")
        try require(record.status, equals: .failed, "a job with a failure has failed")
        try require([record.indexed, record.unchanged, record.failed], equals: [1, 1, 1], "a job counts how its documents ended")
        try require(record.failures.map(\.reason), equals: ["unreadable"], "a job remembers reasons")
        try require(try await store.depth(), equals: 0, "what ended does not wait")

        let empty = try await store.accept([], in: scope)
        try require(try await store.job(empty, in: scope)?.status, equals: .done, "a job of nothing is done")
    }

    /// A lease that is lost completes nothing, and what was to be published under it is not.
    public func runLostLeases() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let source = DocumentSource(id: try DocumentID("a"), content: .text("text a", format: nil))
        _ = try await store.accept([source], in: scope)
        let first = try unwrap(try await store.lease(1, for: .milliseconds(1)).first, "work is leased")
        try await Task.sleep(for: .milliseconds(20))
        let second = try unwrap(try await store.lease(1, for: .seconds(60)).first, "a lease that ran out can be had again")
        try require(second.lease.attempt, equals: 2, "running out counts as an attempt")
        let publication = try ConformanceDocument("a", "text a").publication()
        do {
            _ = try await store.publish(publication, completing: first.lease, in: scope)
            throw ConformanceFailure("publishing under a lost lease is refused")
        } catch let error as RAGError {
            try require(error.code, equals: .conflict, "publishing under a lost lease is a 'conflict'")
        }
        try require(try await store.document(try DocumentID("a"), history: false, in: scope) == nil, "a lost lease publishes nothing")
        var foreign = second.lease
        foreign.scope = .other
        do {
            try await store.complete(foreign, status: .indexed)
            throw ConformanceFailure("a lease of another tenant is refused")
        } catch let error as RAGError {
            try require(error.code, equals: .conflict, "a lease of another tenant is a 'conflict'")
        }
        _ = try await store.publish(publication, completing: second.lease, in: scope)
        do {
            _ = try await store.publish(publication, completing: second.lease, in: scope)
            throw ConformanceFailure("a lease completes once")
        } catch let error as RAGError {
            try require(error.code, equals: .conflict, "a lease that completed is lost")
        }
    }

    /// A lease that is renewed in time lasts; one that is lost cannot be had back.
    public func runRenewal() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        _ = try await store.accept([DocumentSource(id: try DocumentID("a"), content: .text("text a", format: nil))], in: scope)
        let first = try unwrap(try await store.lease(1, for: .milliseconds(500)).first, "work is leased").lease
        try await store.renew(first, for: .seconds(60))
        try await Task.sleep(for: .milliseconds(700))
        try require(try await store.lease(1, for: .seconds(60)).isEmpty, "renewed work is not leased again after the first duration")
        try await store.renew(first, for: .milliseconds(1))
        try await Task.sleep(for: .milliseconds(50))
        let second = try unwrap(try await store.lease(1, for: .seconds(60)).first, "a renewed lease runs out, too").lease
        try require(second.attempt, equals: 2, "a lease that ran out after its renewal counts as one attempt")
        var foreign = second
        foreign.scope = .other
        for lost in [first, foreign] {
            do {
                try await store.renew(lost, for: .seconds(60))
                throw ConformanceFailure("renewing a lost lease is refused")
            } catch let error as RAGError {
                try require(error.code, equals: .conflict, "renewing a lost lease is a 'conflict'")
            }
        }
        try await store.renew(second, for: .seconds(60))
        try await store.complete(second, status: .unchanged)
        do {
            try await store.renew(second, for: .seconds(60))
            throw ConformanceFailure("a lease that completed cannot be renewed")
        } catch let error as RAGError {
            try require(error.code, equals: .conflict, "renewing a lease that completed is a 'conflict'")
        }
    }

    /// Three attempts, then quarantine; giving a lease back costs nothing.
    public func runStrikes() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let job = try await store.accept([DocumentSource(id: try DocumentID("a"), content: .text("x", format: nil))], in: scope)
        for _ in 0..<5 {
            let work = try unwrap(try await store.lease(1, for: .seconds(60)).first, "released work can be leased again")
            try require(work.lease.attempt, equals: 1, "giving a lease back is no strike")
            try await store.release(work.lease)
        }
        for attempt in 1...3 {
            let work = try unwrap(try await store.lease(1, for: .seconds(60)).first, "failed work is leased again")
            try require(work.lease.attempt, equals: attempt, "attempts are counted")
            try await store.fail(work.lease, reason: "trouble \(attempt)", permanent: false)
        }
        try require(try await store.lease(1, for: .seconds(60)).isEmpty, "three strikes are all")
        let record = try unwrap(try await store.job(job, in: scope), "the job is remembered")
        try require(record.status, equals: .quarantined, "three strikes are quarantine")
        try require(record.failures.first?.reason, equals: "trouble 3", "the last reason is remembered")

        let silent = try await store.accept([DocumentSource(id: try DocumentID("b"), content: .text("x", format: nil))], in: scope)
        for _ in 0..<3 {
            _ = try await store.lease(1, for: .milliseconds(1))
            try await Task.sleep(for: .milliseconds(10))
        }
        try require(try await store.lease(1, for: .seconds(60)).isEmpty, "attempts that never ended are strikes")
        try require(try await store.job(silent, in: scope)?.status, equals: .quarantined, "three of them are quarantine")
    }

    /// Work is leased oldest first across tenants and jobs, once each, however many ask.
    public func runQueueOrder() async throws {
        let store = try await prepared()
        var expected: [String] = []
        for round in 0..<5 {
            for scope in [TenantScope.conformance, .other] {
                let ids = (0..<3).map { "\(scope.tenant)-\(round)-\($0)" }
                let sources = try ids.map { DocumentSource(id: try DocumentID($0), content: .text("x", format: nil)) }
                _ = try await store.accept(sources, in: scope)
                expected += ids
            }
        }
        let first = try await store.lease(7, for: .seconds(60)).map(\.source.id.rawValue)
        try require(first, equals: Array(expected.prefix(7)), "the oldest goes first")
        let rest = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 {
                group.addTask { try await store.lease(4, for: .seconds(60)).map(\.source.id.rawValue) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try require(rest.sorted(), equals: expected.dropFirst(7).sorted(), "each is leased once")
    }
}
