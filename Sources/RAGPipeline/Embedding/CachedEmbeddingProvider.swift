// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
package import RAGCore
import Synchronization

/// Remembers the vectors of queries, in memory and, where there is one, in a cache that servers share; passages pass through.
///
/// The key is the tenant and the text; space and role need no place in it, because a cache stands before one provider and holds queries
/// only. With a scope, no tenant can learn from a hit what another one asked.
///
/// Callers that miss on one key at the same time share one look into the shared cache and one computation. Both run in the first caller's
/// own task; if that caller is cancelled or runs out of time, the work goes to the next one that waits, which goes on with its own
/// deadline. Any other error goes to all of them and is not remembered.
package final class CachedEmbeddingProvider: EmbeddingProvider {
    /// Bytes of text that an entry may have beside its vector and still count as one.
    private static let usualText = 512

    private typealias Found = (vector: [Float], tier: AnswerReply.CacheTier)

    private enum Delivery: Sendable {
        case vector([Float], AnswerReply.CacheTier)
        case failure(RAGError)
        /// The one who computed went away: the receiver computes now.
        case takeOver
    }

    private enum Lookup {
        case hit([Float])
        case compute
        case wait(PendingValue<Delivery>)
    }

    private struct State {
        var vectors: AdmissionCache<QueryKey, [Float]>
        /// Who waits for a computation that runs.
        var flights: [QueryKey: [PendingValue<Delivery>]] = [:]
        /// Counts `removeAll`, so that what was computed before it is not kept after it.
        var epoch = 0
    }

    private let inner: any EmbeddingProvider
    private let shared: SharedVectorTier?
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let hits = Counter(label: "rag_cache_hits_total", dimensions: [("cache", "embedding"), ("tier", "l1")])
    private let sharedHits = Counter(label: "rag_cache_hits_total", dimensions: [("cache", "embedding"), ("tier", "l2")])
    private let misses = Counter(label: "rag_cache_misses_total", dimensions: [("cache", "embedding")])

    package let space: EmbeddingSpace

    /// - Parameters:
    ///   - capacity: Most vectors kept in memory; long texts count as several, so that memory is bounded. 0 turns this tier off.
    ///   - timeToLive: How long a vector is kept in memory.
    ///   - l2: The shared tier, if there is one.
    ///   - now: The clock, for tests.
    package init(
        _ inner: any EmbeddingProvider,
        capacity: Int,
        timeToLive: Duration,
        l2: SharedVectorTier? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.inner = inner
        self.now = now
        shared = l2
        space = inner.space
        state = Mutex(State(vectors: AdmissionCache(capacity: capacity, timeToLive: timeToLive)))
    }

    /// Vectors kept in memory.
    package var count: Int { state.withLock { $0.vectors.count } }

    /// Forgets what is in memory; what is being computed now is handed to its waiters but not kept.
    package func removeAll() {
        state.withLock { state in
            state.vectors.removeAll()
            state.epoch += 1
        }
    }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        guard role == .query else { return try await inner.embed(texts, as: role, deadline: deadline) }
        try deadline.check("embedding")
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for text in texts { values += try await embedQuery(text, deadline: deadline).vector }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try await inner.tokenSpans(of: texts, deadline: deadline)
    }

    /// The vector of a query and where it came from: `l1`, `l2`, or `miss` where it was computed now, by this caller or another.
    ///
    /// - Parameter scope: Whose entries to use; nil means those of callers without a tenant.
    package func embedQuery(
        _ text: String,
        deadline: Deadline,
        in scope: TenantScope? = nil
    ) async throws(RAGError) -> (vector: [Float], tier: AnswerReply.CacheTier) {
        let key = QueryKey(tenant: scope?.tenant, text: text)
        let found: Found
        switch lookUp(key) {
        case .hit(let vector):
            hits.increment()
            return (vector, .l1)
        case .compute: found = try await find(key, deadline: deadline)
        case .wait(let pending): found = try await wait(for: pending, key: key, deadline: deadline)
        }
        if found.tier == .l2 { sharedHits.increment() } else { misses.increment() }
        return found
    }

    private func lookUp(_ key: QueryKey) -> Lookup {
        let time = now()
        return state.withLock { state in
            if let vector = state.vectors.value(for: key, at: time) { return .hit(vector) }
            guard state.flights[key] != nil else {
                state.flights[key] = []
                return .compute
            }
            let pending = PendingValue<Delivery>()
            state.flights[key]?.append(pending)
            return .wait(pending)
        }
    }

    private func wait(
        for pending: PendingValue<Delivery>,
        key: QueryKey,
        deadline: Deadline
    ) async throws(RAGError) -> Found {
        switch await pending.wait(until: deadline) {
        case .value(.vector(let vector, let tier)): return (vector, tier)
        case .value(.failure(let error)): throw error
        case .value(.takeOver): return try await find(key, deadline: deadline)
        case .expired:
            leave(pending, key: key)
            throw RAGError(.deadlineExceeded, "the deadline passed before the query was embedded; raise deadline_ms")
        case .cancelled:
            leave(pending, key: key)
            throw RAGError(.cancelled, "the caller went away while the query was embedded")
        }
    }

    private func leave(_ pending: PendingValue<Delivery>, key: QueryKey) {
        state.withLock { state in state.flights[key]?.removeAll { $0 === pending } }
    }

    /// Looks in the shared cache, then computes, for everyone who waits for `key`; the caller holds the flight.
    private func find(_ key: QueryKey, deadline: Deadline) async throws(RAGError) -> Found {
        let epoch = state.withLock { $0.epoch }
        let name = shared?.key(for: key.text, as: .query, in: space, tenant: key.tenant)
        do throws(RAGError) {
            try deadline.check("embedding")
            if let shared, let name,
                let vector = await shared.vector(for: name, dimension: space.dimension, deadline: deadline)
            {
                land(key, vector: vector, tier: .l2, epoch: epoch)
                return (vector, .l2)
            }
            try deadline.check("embedding")
            let matrix = try await inner.embed([key.text], as: .query, deadline: deadline)
            guard matrix.count == 1, matrix.dimension == space.dimension else {
                throw RAGError(.unavailable, "the embedding model returned \(matrix.count) vectors of \(matrix.dimension) for one text")
            }
            land(key, vector: matrix.values, tier: .miss, epoch: epoch)
            if let shared, let name { shared.store(matrix.values, for: name) }
            return (matrix.values, .miss)
        } catch {
            if error.code == .cancelled || error.code == .deadlineExceeded {
                handOver(key)
            } else {
                for pending in endFlight(key) { pending.deliver(.failure(error)) }
            }
            throw error
        }
    }

    private func land(_ key: QueryKey, vector: [Float], tier: AnswerReply.CacheTier, epoch: Int) {
        let time = now()
        let usual = vector.count * MemoryLayout<Float>.stride + Self.usualText
        let cost = 1 + max(0, key.text.utf8.count - Self.usualText) / usual
        let waiting = state.withLock { state in
            if state.epoch == epoch { state.vectors.insert(vector, for: key, cost: cost, at: time) }
            return state.flights.removeValue(forKey: key) ?? []
        }
        for pending in waiting { pending.deliver(.vector(vector, tier)) }
    }

    private func endFlight(_ key: QueryKey) -> [PendingValue<Delivery>] {
        state.withLock { $0.flights.removeValue(forKey: key) ?? [] }
    }

    /// Makes the first one still waiting compute; without one, the flight ends.
    private func handOver(_ key: QueryKey) {
        while true {
            let next: PendingValue<Delivery>? = state.withLock { state in
                guard var waiting = state.flights[key], !waiting.isEmpty else {
                    state.flights[key] = nil
                    return nil
                }
                let first = waiting.removeFirst()
                state.flights[key] = waiting
                return first
            }
            guard let next, !next.deliver(.takeOver) else { return }
        }
    }
}
