// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
package import RAGPipeline

/// Answers questions, as many at once as the machine can bear.
package protocol QuestionAnswering: Sendable {
    /// Walks a question through its steps; `onEvent` hears of passages, text and citations in order and may slow the walk down.
    /// What `onEvent` throws ends the work.
    /// - Throws: `overloaded` or `rateLimited` when there is no room; what else goes wrong under its own code.
    func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: @escaping @Sendable (AnswerEvent) async throws -> Void
    ) async throws(RAGError) -> AnswerReply
}

/// Takes documents in.
package protocol DocumentIngesting: Sendable {
    /// Publishes the documents; each has a result of its own, in the order they were sent.
    func ingest(
        _ sources: [DocumentSource],
        deadline: Deadline,
        in scope: TenantScope
    ) async throws(RAGError) -> IngestReply

    /// Makes the documents durable and returns at once; they are published later.
    func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID
}

/// What the routes stand on.
package struct HTTPServices: Sendable {
    package var answering: any QuestionAnswering
    package var ingesting: any DocumentIngesting
    package var store: any KnowledgeStore
    package var log: any IngestLog
    package var health: HealthRegistry
    /// Brings `health` up to date; called before health is told.
    package var refreshHealth: @Sendable () async -> Void
    /// The keys that are accepted; nil serves everybody as the single tenant, with every right.
    package var keyring: APIKeyring?
    /// What holds tenants to their quotas; nil where nothing is limited.
    package var limits: RateLimiting?
    /// The metrics in the Prometheus text format 0.0.4.
    package var metrics: @Sendable () async -> String

    package init(
        answering: any QuestionAnswering,
        ingesting: any DocumentIngesting,
        store: any KnowledgeStore,
        log: any IngestLog,
        health: HealthRegistry,
        refreshHealth: @escaping @Sendable () async -> Void = {},
        keyring: APIKeyring?,
        limits: RateLimiting? = nil,
        metrics: @escaping @Sendable () async -> String
    ) {
        self.answering = answering
        self.ingesting = ingesting
        self.store = store
        self.log = log
        self.health = health
        self.refreshHealth = refreshHealth
        self.keyring = keyring
        self.limits = limits
        self.metrics = metrics
    }
}
