// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Synchronization
import Testing

/// A clock that tests move.
private final class ManualClock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

@Suite struct CacheTests {
    private let model = SteeredEmbedder()
    private let deadline = Deadline.after(.seconds(20))

    private func cache(capacity: Int = 8, clock: ManualClock = ManualClock()) -> CachedEmbeddingProvider {
        CachedEmbeddingProvider(model, capacity: capacity, timeToLive: .seconds(60)) { clock.now }
    }

    @Test func theSecondQueryIsAHit() async throws {
        let cache = cache()
        let first = try await cache.embedQuery("a question", deadline: deadline)
        let second = try await cache.embedQuery("a question", deadline: deadline)
        #expect(first.tier == .miss)
        #expect(second.tier == .l1)
        #expect(first.vector == second.vector)
        #expect(model.calls.count == 1)
    }

    @Test func aTenantDoesNotHitWhatAnotherAsked() async throws {
        let cache = cache()
        let one = TenantScope(authenticated: "one")
        let two = TenantScope(authenticated: "two")
        #expect(try await cache.embedQuery("a question", deadline: deadline, in: one).tier == .miss)
        #expect(try await cache.embedQuery("a question", deadline: deadline, in: two).tier == .miss)
        #expect(try await cache.embedQuery("a question", deadline: deadline, in: one).tier == .l1)
    }

    @Test func anEntryExpires() async throws {
        let clock = ManualClock()
        let cache = cache(clock: clock)
        _ = try await cache.embedQuery("a question", deadline: deadline)
        clock.advance(by: .seconds(59))
        #expect(try await cache.embedQuery("a question", deadline: deadline).tier == .l1)
        clock.advance(by: .seconds(2))
        #expect(try await cache.embedQuery("a question", deadline: deadline).tier == .miss)
    }

    @Test func theLeastRecentlyUsedGoesFirst() async throws {
        let cache = cache(capacity: 2)
        for text in ["a", "b", "a", "c"] { _ = try await cache.embedQuery(text, deadline: deadline) }
        #expect(cache.count == 2)
        #expect(try await cache.embedQuery("a", deadline: deadline).tier == .l1)
        #expect(try await cache.embedQuery("b", deadline: deadline).tier == .miss)
    }

    @Test func removeAllForgetsEverything() async throws {
        let cache = cache()
        _ = try await cache.embedQuery("a", deadline: deadline)
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(try await cache.embedQuery("a", deadline: deadline).tier == .miss)
    }

    @Test func passagesPassThrough() async throws {
        let cache = cache()
        _ = try await cache.embed(["a", "b"], as: .passage, deadline: deadline)
        _ = try await cache.embed(["a", "b"], as: .passage, deadline: deadline)
        #expect(model.calls.map(\.texts) == [["a", "b"], ["a", "b"]])
        #expect(cache.count == 0)
    }

    @Test func concurrentMissesShareOneComputation() async throws {
        let cache = cache()
        let deadline = deadline
        model.hold()
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<10 { group.addTask { try await cache.embedQuery("same", deadline: deadline).vector } }
            #expect(try await eventually { model.running == 1 })
            try await Task.sleep(for: .milliseconds(20))
            model.open()
            var vectors: Set<[Float]> = []
            for try await vector in group { vectors.insert(vector) }
            #expect(vectors.count == 1)
        }
        #expect(model.calls.count == 1)
    }

    @Test func aWaiterTakesOverWhenTheFirstIsCancelled() async throws {
        let cache = cache()
        let deadline = deadline
        model.hold()
        let first = Task { try await cache.embedQuery("same", deadline: deadline).vector }
        #expect(try await eventually { model.running == 1 })
        let second = Task { try await cache.embedQuery("same", deadline: deadline).vector }
        try await Task.sleep(for: .milliseconds(20))
        first.cancel()
        await #expect(throws: RAGError.self) { try await first.value }
        #expect(try await eventually { model.calls.count == 2 })
        model.open()
        #expect(try await second.value.count == 16)
        #expect(try await cache.embedQuery("same", deadline: deadline).tier == .l1)
    }

    @Test func aWaiterLeavesAtItsOwnDeadline() async throws {
        let cache = cache()
        let deadline = deadline
        model.hold()
        let first = Task { try await cache.embedQuery("same", deadline: deadline).vector }
        #expect(try await eventually { model.running == 1 })
        let error = await #expect(throws: RAGError.self) {
            try await cache.embedQuery("same", deadline: .after(.milliseconds(20)))
        }
        #expect(error?.code == .deadlineExceeded)
        model.open()
        #expect(try await first.value.count == 16)
    }

    @Test func aFailureGoesToAllAndIsNotRemembered() async throws {
        let cache = cache()
        model.fail { _ in RAGError(.unavailable, "the model is away") }
        let error = await #expect(throws: RAGError.self) { try await cache.embedQuery("a", deadline: deadline) }
        #expect(error?.code == .unavailable)
        model.fail { _ in nil }
        #expect(try await cache.embedQuery("a", deadline: deadline).tier == .miss)
    }

    @Test func manyRandomCallersAlwaysEnd() async throws {
        let cache = cache(capacity: 4)
        let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let limit: Duration = index % 3 == 0 ? .microseconds(50 * (index % 7)) : .seconds(10)
                    let result = try? await cache.embedQuery("text \(index % 9)", deadline: .after(limit))
                    return result != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answered >= 200)
    }

    @Test func aHitTakesLittleTime() async throws {
        let cache = cache(capacity: 1_000)
        let question = "how long does a lookup of a question of usual length take, in microseconds?"
        _ = try await cache.embedQuery(question, deadline: deadline)
        let rounds = 2_000
        let start = ContinuousClock.now
        for _ in 0..<rounds { _ = try await cache.embedQuery(question, deadline: deadline) }
        let each = start.duration(to: .now) / rounds
        // Ten times the bar of a release build: this is a debug build on a shared machine.
        #expect(each < .microseconds(100), "\(each) per hit")
        print("embedding cache: \(each.milliseconds * 1_000) µs per hit")
    }
}
