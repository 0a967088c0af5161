// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore
import RAGText
import Synchronization

/// A store in memory that does what the seams promise by brute force, except that nothing survives the process.
public final class InMemoryKnowledgeStore: TransferableStore, IngestLog {
    private let state: Mutex<InMemoryState>

    /// - Parameters:
    ///   - tenantQueue: Most documents of one tenant that may wait.
    ///   - globalQueue: Most documents that may wait.
    public init(tenantQueue: Int = 10_000, globalQueue: Int = 100_000) {
        state = Mutex(InMemoryState(tenantQueue: tenantQueue, globalQueue: globalQueue))
    }

    public func prepare(_ generation: Generation) async throws(RAGError) {
        try access { state throws(RAGError) in try state.prepare(generation) }
    }

    public func document(
        _ id: DocumentID,
        history: Bool,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentRecord? {
        access { $0.record(id, history: history, in: scope.tenant) }
    }

    public func text(
        of id: DocumentID,
        revision: Int?,
        in scope: TenantScope
    ) async throws(RAGError) -> (revision: Revision, text: String)? {
        access { state in
            guard let document = state.tenants[scope.tenant]?[id.rawValue] else { return nil }
            let number = revision ?? document.current.revision.number
            return document.revisions.first { $0.revision.number == number }.map { ($0.revision, $0.text) }
        }
    }

    public func documents(
        after: DocumentID?,
        prefix: String?,
        limit: Int,
        in scope: TenantScope
    ) async throws(RAGError) -> DocumentPage {
        access { state in
            let bytes = { (text: String) in Array(text.utf8) }
            let start = bytes(after?.rawValue ?? "")
            let ids = (state.tenants[scope.tenant] ?? [:]).keys.filter { id in
                start.lexicographicallyPrecedes(bytes(id)) && bytes(id).starts(with: bytes(prefix ?? ""))
            }
            .sorted { bytes($0).lexicographicallyPrecedes(bytes($1)) }
            let page = ids.prefix(limit).compactMap { id in
                state.record(DocumentID(stored: id), history: false, in: scope.tenant)
            }
            return DocumentPage(documents: page, next: ids.count > limit ? page.last?.current.document : nil)
        }
    }

    public func publish(
        _ publication: Publication,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        try access { state throws(RAGError) in
            if let lease { try state.check(lease, of: scope) }
            let outcome = try state.publish(publication, in: scope.tenant)
            if let lease { state.end(lease, with: outcome.status) } else { state.settleWork(on: publication.document, of: scope) }
            return outcome
        }
    }

    public func update(
        _ id: DocumentID,
        url: String?,
        metadata: Metadata,
        completing lease: IngestLease?,
        in scope: TenantScope
    ) async throws(RAGError) -> PublishOutcome {
        try access { state throws(RAGError) in
            if let lease { try state.check(lease, of: scope) }
            let outcome = try state.update(id, url: url, metadata: metadata, in: scope.tenant)
            if let lease { state.end(lease, with: outcome.status) } else { state.settleWork(on: id, of: scope) }
            return outcome
        }
    }

    public func withdraw(_ id: DocumentID, in scope: TenantScope) async throws(RAGError) -> Withdrawal? {
        access { state in
            state.withdrawWork(on: id, of: scope)
            guard let document = state.tenants[scope.tenant]?.removeValue(forKey: id.rawValue) else { return nil }
            state.changes[scope.tenant, default: 0] += 1
            return Withdrawal(
                document: id,
                revisions: document.revisions.count,
                chunks: document.entries.count,
                text: .count(0),
                vectors: .count(0),
                terms: .count(0),
                cache: .count(0)
            )
        }
    }

    public func generation() async throws(RAGError) -> Generation? { access { $0.generation } }

    public func tenants() async throws(RAGError) -> [TenantScope] {
        access { state in
            state.tenants.filter { !$0.value.isEmpty }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                .map { TenantScope(authenticated: $0) }
        }
    }

    public func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive? {
        try access { state throws(RAGError) in try state.archive(of: id, in: scope.tenant) }
    }

    public func adopt(_ archive: DocumentArchive, in scope: TenantScope) async throws(RAGError) {
        try access { state throws(RAGError) in try state.adopt(archive, in: scope.tenant) }
    }

    public func search(_ request: SearchRequest, in scope: TenantScope) async throws(RAGError) -> SearchResponse {
        try request.deadline.check("the search")
        return try access { state throws(RAGError) in
            guard let generation = state.generation else { throw InMemoryState.unprepared }
            if let vector = request.vector, vector.count != generation.space.dimension {
                throw RAGError(.incompatible, "the query's vector has \(vector.count) dimensions")
            }
            let documents = (state.tenants[scope.tenant] ?? [:]).values
            return BruteForceSearch(entries: documents.flatMap(\.entries)).run(request)
        }
    }

    public func passages(_ chunks: [ChunkReference], in scope: TenantScope) async throws(RAGError) -> [PassageText] {
        access { state in chunks.compactMap { state.passage($0, in: scope.tenant) } }
    }

    public func sequence(in scope: TenantScope) async throws(RAGError) -> UInt64 {
        access { $0.sequence(of: scope.tenant) }
    }

    public func statistics(in scope: TenantScope?) async throws(RAGError) -> StoreStatistics {
        access { state in
            let tenants = scope.map { scope in state.tenants.filter { $0.key == scope.tenant } } ?? state.tenants
            let documents = tenants.values.flatMap(\.values)
            return StoreStatistics(
                tenants: tenants.count,
                documents: documents.count,
                revisions: documents.reduce(0) { $0 + $1.revisions.count },
                chunks: documents.reduce(0) { $0 + $1.entries.count },
                bytes: documents.reduce(0) { $0 + $1.revisions.reduce(0) { $0 + $1.text.utf8.count } }
            )
        }
    }

    public func verify() async throws(RAGError) -> VerificationReport {
        let held = try await statistics(in: nil)
        return VerificationReport(documents: held.documents, chunks: held.chunks, faults: [])
    }

    public func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        try access { state throws(RAGError) in try state.accept(sources, in: scope) }
    }

    public func lease(_ limit: Int, for duration: Duration) async throws(RAGError) -> [LeasedWork] {
        access { $0.lease(limit, for: duration) }
    }

    public func renew(_ lease: IngestLease, for duration: Duration) async throws(RAGError) {
        try access { state throws(RAGError) in
            try state.check(lease, of: lease.scope)
            state.renew(lease, for: duration)
        }
    }

    public func complete(_ lease: IngestLease, status: PublishStatus) async throws(RAGError) {
        try access { state throws(RAGError) in
            try state.check(lease, of: lease.scope)
            state.end(lease, with: status)
        }
    }

    public func fail(_ lease: IngestLease, reason: String, permanent: Bool) async throws(RAGError) {
        try access { state throws(RAGError) in
            try state.check(lease, of: lease.scope)
            state.fail(lease, reason: reason, permanent: permanent)
        }
    }

    public func release(_ lease: IngestLease) async throws(RAGError) {
        try access { state throws(RAGError) in
            try state.check(lease, of: lease.scope)
            state.release(lease)
        }
    }

    public func job(_ id: JobID, in scope: TenantScope) async throws(RAGError) -> JobRecord? {
        access { $0.record(of: id, in: scope) }
    }

    public func depth() async throws(RAGError) -> Int {
        access { state in state.items.count }
    }

    private func access<Value, Failure: Error>(_ body: (inout InMemoryState) throws(Failure) -> Value) throws(Failure) -> Value {
        let result: Result<Value, Failure> = state.withLock { state in
            do throws(Failure) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
