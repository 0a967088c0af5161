// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
package import RAGCore
import ServiceLifecycle
import Synchronization

/// Remembers whole replies, in memory and never across a change of what the tenant's documents say.
///
/// A reply belongs to the store's sequence as it was before the search; a look-up asks for the sequence as it is now. So an acknowledged
/// publish or withdrawal makes every reply of before unreachable, whatever ran at the same time. Only what is complete and not degraded is
/// kept. A stream of a remembered reply has the same events, in the same order, as the first one.
///
/// `run()` removes what cannot be reached any more; without it that goes when room is needed.
package final class CachedAnswers: Answering, Service {
    /// How often `run` looks for what cannot be reached any more.
    private static let sweepInterval = Duration.seconds(15)

    private let inner: any Answering
    private let store: any KnowledgeStore
    private let settings: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let replies: Mutex<AdmissionCache<AnswerKey, RememberedReply>>
    private let hits = Counter(label: "rag_cache_hits_total", dimensions: [("cache", "result"), ("tier", "l1")])
    private let misses = Counter(label: "rag_cache_misses_total", dimensions: [("cache", "result")])

    /// - Parameters:
    ///   - inner: Answers what is not remembered, from `store`.
    ///   - settings: Everything but the documents and the request that decides an answer (models, fusion, thresholds, prompts) in one
    ///     string.
    ///   - capacity: Most bytes of replies, about.
    ///   - timeToLive: How long a reply is remembered at most.
    ///   - now: The clock, for tests.
    package init(
        _ inner: any Answering,
        store: any KnowledgeStore,
        settings: String,
        capacity: Int,
        timeToLive: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.inner = inner
        self.store = store
        self.settings = settings
        self.now = now
        replies = Mutex(AdmissionCache(capacity: capacity, expectedEntries: capacity / 8_192, timeToLive: timeToLive))
    }

    package var isGenerative: Bool { inner.isGenerative }

    /// Replies remembered, and about how many bytes they take.
    package var size: (count: Int, bytes: Int) { replies.withLock { ($0.count, $0.cost) } }

    package func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: AnswerPipeline.EventHandler? = nil
    ) async throws(RAGError) -> AnswerReply {
        // A store that cannot say is asked the question all the same: it knows best what is wrong.
        guard let sequence = try? await store.sequence(in: scope) else {
            return try await fresh(request, in: scope, onEvent: onEvent)
        }
        let key = AnswerKey(request, in: scope, settings: settings)
        if let found = look(for: key, sequence: sequence) {
            try request.deadline.check("answering")
            hits.increment()
            let reply = found.replay()
            if let onEvent {
                for event in found.events { try await AnswerPipeline.send(event, to: onEvent) }
            }
            return reply
        }
        let recorded = Mutex<[AnswerEvent]>([])
        let reply = try await fresh(request, in: scope) { event in
            recorded.withLock { $0.append(event) }
            try await onEvent?(event)
        }
        guard reply.degraded.isEmpty else { return reply }
        let remembered = RememberedReply(reply, events: recorded.withLock { $0 }, sequence: sequence, tenant: scope.tenant)
        keep(remembered, under: key)
        return reply
    }

    /// Forgets everything.
    package func removeAll() { replies.withLock { $0.removeAll() } }

    /// Removes what has expired and what a change of its tenant's documents made unreachable, so that withdrawn text does not stay.
    package func removeUnreachable() async {
        var sequences: [String: UInt64] = [:]
        let tenants = replies.withLock { replies in
            var tenants: Set<String> = []
            replies.removeAll(expiredAt: now()) { _, reply in
                tenants.insert(reply.tenant)
                return false
            }
            return tenants
        }
        for tenant in tenants { sequences[tenant] = try? await store.sequence(in: TenantScope(authenticated: tenant)) }
        replies.withLock { replies in
            // What was remembered meanwhile under a newer sequence goes too, which costs only a hit.
            replies.removeAll(expiredAt: now()) { _, reply in sequences[reply.tenant].map { $0 != reply.sequence } ?? false }
        }
    }

    /// Removes what cannot be reached any more, until shutdown.
    package func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.sweepInterval)) != nil { await self.removeUnreachable() }
        }
    }

    private func fresh(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: AnswerPipeline.EventHandler?
    ) async throws(RAGError) -> AnswerReply {
        misses.increment()
        var reply = try await inner.answer(request, in: scope, onEvent: onEvent)
        reply.resultCache = .miss
        return reply
    }

    private func look(for key: AnswerKey, sequence: UInt64) -> RememberedReply? {
        let time = now()
        return replies.withLock { replies in
            guard let found = replies.value(for: key, at: time) else { return nil }
            if found.sequence == sequence { return found }
            replies.remove(key)
            return nil
        }
    }

    private func keep(_ reply: RememberedReply, under key: AnswerKey) {
        let time = now()
        let cost = key.bytes.count + reply.estimatedBytes
        replies.withLock { $0.insert(reply, for: key, cost: cost, at: time) }
    }
}
