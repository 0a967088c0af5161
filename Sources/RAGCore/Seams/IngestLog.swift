// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Accepted work that survives any crash: durable before `accept` returns, finished exactly once.
public protocol IngestLog: Sendable {
    /// Takes work in; what it returns is on the disk.
    /// - Throws: `rateLimited` or `overloaded` when the tenant's or the whole queue is full.
    func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID

    /// Up to `limit` waiting documents, oldest first, each counted as one attempt and held for `duration`.
    ///
    /// A document whose attempts are used up is quarantined instead: a crash counts as a strike.
    func lease(_ limit: Int, for duration: Duration) async throws(RAGError) -> [LeasedWork]

    /// Holds work for `duration` from now on: whoever works longer than the lease lasts asks for more time before it runs out.
    /// - Throws: `conflict` if the lease is lost.
    func renew(_ lease: IngestLease, for duration: Duration) async throws(RAGError)

    /// Ends work that needed no publish.
    func complete(_ lease: IngestLease, status: PublishStatus) async throws(RAGError)

    /// Ends an attempt that failed: for good if `permanent`, otherwise it waits again until its strikes are used up.
    func fail(_ lease: IngestLease, reason: String, permanent: Bool) async throws(RAGError)

    /// Gives a lease back without a strike, for shutdown.
    func release(_ lease: IngestLease) async throws(RAGError)

    /// A job of this tenant, or nil.
    func job(_ id: JobID, in scope: TenantScope) async throws(RAGError) -> JobRecord?

    /// How many documents wait or are being worked on, over all tenants.
    func depth() async throws(RAGError) -> Int
}
