// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
package import RAGCore
import Synchronization

/// Remembers the vectors of queries; passages pass through.
///
/// The key is the tenant and the text; space and role need no place in it, because a cache stands before one provider and holds queries
/// only. With a scope, no tenant can learn from a hit what another one asked.
///
/// Callers that miss on one key at the same time share one computation. It runs in the first caller's own task; if that caller
/// is cancelled or runs out of time, the work goes to the next one that waits, which computes with its own deadline. Any other error
/// goes to all of them and is not remembered.
package final class CachedEmbeddingProvider: EmbeddingProvider {
    private struct Key: Hashable, Sendable {
        var tenant: String?
        var text: String
    }

    private enum Delivery: Sendable {
        case vector([Float])
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
        var vectors: LeastRecentlyUsed<Key, [Float]>
        /// Who waits for a computation that runs.
        var flights: [Key: [PendingValue<Delivery>]] = [:]
        /// Counts `removeAll`, so that what was computed before it is not kept after it.
        var epoch = 0
    }

    private let inner: any EmbeddingProvider
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let hits = Counter(label: "rag_cache_hits_total", dimensions: [("cache", "embedding"), ("tier", "l1")])
    private let misses = Counter(label: "rag_cache_misses_total", dimensions: [("cache", "embedding")])

    package let space: EmbeddingSpace

    /// - Parameters:
    ///   - capacity: Most vectors kept; 0 turns the cache off and leaves only the sharing of computations.
    ///   - now: The clock, for tests.
    package init(
        _ inner: any EmbeddingProvider,
        capacity: Int,
        timeToLive: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.inner = inner
        self.now = now
        space = inner.space
        state = Mutex(State(vectors: LeastRecentlyUsed(capacity: capacity, timeToLive: timeToLive)))
    }

    /// Vectors kept.
    package var count: Int { state.withLock { $0.vectors.count } }

    /// Forgets everything; what is being computed now is handed to its waiters but not kept.
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
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for text in texts { values += try await embedQuery(text, deadline: deadline).vector }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try await inner.tokenSpans(of: texts, deadline: deadline)
    }

    /// The vector of a query and where it came from: `l1`, or `miss` where it was computed now, by this caller or another.
    ///
    /// - Parameter scope: Whose entries to use; nil means those of callers without a tenant.
    package func embedQuery(
        _ text: String,
        deadline: Deadline,
        in scope: TenantScope? = nil
    ) async throws(RAGError) -> (vector: [Float], tier: AnswerReply.CacheTier) {
        let key = Key(tenant: scope?.tenant, text: text)
        switch lookUp(key) {
        case .hit(let vector):
            hits.increment()
            return (vector, .l1)
        case .compute:
            misses.increment()
            return (try await compute(key, deadline: deadline), .miss)
        case .wait(let pending):
            misses.increment()
            return (try await wait(for: pending, key: key, deadline: deadline), .miss)
        }
    }

    private func lookUp(_ key: Key) -> Lookup {
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
        key: Key,
        deadline: Deadline
    ) async throws(RAGError) -> [Float] {
        switch await pending.wait(until: deadline) {
        case .value(.vector(let vector)): return vector
        case .value(.failure(let error)): throw error
        case .value(.takeOver): return try await compute(key, deadline: deadline)
        case .expired:
            leave(pending, key: key)
            throw RAGError(.deadlineExceeded, "the deadline passed before the query was embedded; raise deadline_ms")
        case .cancelled:
            leave(pending, key: key)
            throw RAGError(.cancelled, "the caller went away while the query was embedded")
        }
    }

    private func leave(_ pending: PendingValue<Delivery>, key: Key) {
        state.withLock { state in state.flights[key]?.removeAll { $0 === pending } }
    }

    /// Computes for everyone who waits for `key`; the caller holds the flight.
    private func compute(_ key: Key, deadline: Deadline) async throws(RAGError) -> [Float] {
        let epoch = state.withLock { $0.epoch }
        do throws(RAGError) {
            try deadline.check("embedding")
            let matrix = try await inner.embed([key.text], as: .query, deadline: deadline)
            guard matrix.count == 1, matrix.dimension == space.dimension else {
                throw RAGError(.unavailable, "the embedding model returned \(matrix.count) vectors of \(matrix.dimension) for one text")
            }
            land(key, vector: matrix.values, epoch: epoch)
            return matrix.values
        } catch {
            if error.code == .cancelled || error.code == .deadlineExceeded {
                handOver(key)
            } else {
                for pending in endFlight(key) { pending.deliver(.failure(error)) }
            }
            throw error
        }
    }

    private func land(_ key: Key, vector: [Float], epoch: Int) {
        let time = now()
        let waiting = state.withLock { state in
            if state.epoch == epoch { state.vectors.insert(vector, for: key, at: time) }
            return state.flights.removeValue(forKey: key) ?? []
        }
        for pending in waiting { pending.deliver(.vector(vector)) }
    }

    private func endFlight(_ key: Key) -> [PendingValue<Delivery>] {
        state.withLock { $0.flights.removeValue(forKey: key) ?? [] }
    }

    /// Makes the first one still waiting compute; without one, the flight ends.
    private func handOver(_ key: Key) {
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
