// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct SharedVectorTests {
    private let model = SteeredEmbedder()
    private let cache = InMemoryCache()
    private let deadline = Deadline.after(.seconds(20))
    private let secret = Array("a secret of 24 characters".utf8)

    private func provider(secret: [UInt8]? = nil, capacity: Int = 100) throws -> CachedEmbeddingProvider {
        let keys = try CacheKeyMaker(secret: secret ?? self.secret)
        let tier = SharedVectorTier(cache, keys: keys, timeToLive: .seconds(60))
        return CachedEmbeddingProvider(model, capacity: capacity, timeToLive: .seconds(60), l2: tier)
    }

    private var space: EmbeddingSpace { model.space }

    @Test func whatOneServerComputedAnotherFinds() async throws {
        let first = try await provider().embedQuery("a question", deadline: deadline)
        let other = try provider()
        let second = try await other.embedQuery("a question", deadline: deadline)
        #expect(first.tier == .miss)
        #expect(second.tier == .l2)
        #expect(second.vector == first.vector)
        #expect(try await other.embedQuery("a question", deadline: deadline).tier == .l1, "a hit of the shared tier fills memory")
        #expect(model.calls.count == 1)
        #expect(cache.lookups == 2, "memory comes first")
    }

    @Test func anotherTenantAnotherSecretAndAnotherTextAreMisses() async throws {
        let one = TenantScope(authenticated: "one")
        _ = try await provider().embedQuery("a question", deadline: deadline, in: one)
        #expect(try await provider().embedQuery("a question", deadline: deadline, in: .init(authenticated: "two")).tier == .miss)
        #expect(try await provider().embedQuery("a question", deadline: deadline).tier == .miss)
        #expect(try await provider().embedQuery("a question ", deadline: deadline, in: one).tier == .miss)
        let foreign = try provider(secret: Array("another secret of the servers".utf8))
        #expect(try await foreign.embedQuery("a question", deadline: deadline, in: one).tier == .miss)
        #expect(try await provider().embedQuery("a question", deadline: deadline, in: one).tier == .l2)
    }

    @Test func textsThatUnicodeCallsEquivalentAreTwo() async throws {
        let provider = try provider()
        _ = try await provider.embedQuery("caf\u{E9}", deadline: deadline)
        #expect(try await provider.embedQuery("cafe\u{301}", deadline: deadline).tier == .miss)
    }

    @Test func whatDoesNotDecodeIsAMissAndIsRemoved() async throws {
        typealias Damage = @Sendable (inout [UInt8]) -> Void
        let damages: [(String, Damage)] = [
            ("empty", { $0 = [] }), ("cut", { $0.removeLast() }), ("longer", { $0.append(0) }),
            ("header only", { $0 = Array($0.prefix(8)) }),
            ("another version", { $0[0] = 2 }), ("another dimension", { $0[4] ^= 1 }), ("a flipped bit", { $0[20] ^= 4 }),
            ("a flipped seal", { $0[$0.count - 1] ^= 1 }), ("zeros", { $0 = Array(repeating: 0, count: $0.count) }),
            ("words", { $0 = Array("WRONGTYPE Operation against a key".utf8) }),
        ]
        for (name, damage) in damages {
            let text = "a question, \(name)"
            _ = try await provider().embedQuery(text, deadline: deadline)
            let key = try SharedVectorTier(cache, keys: CacheKeyMaker(secret: secret), timeToLive: .seconds(60))
                .key(for: text, as: .query, in: space, tenant: nil)
            #expect(cache.entries[key] != nil)
            cache.damage(key, damage)
            let before = cache.removals.count
            #expect(try await provider().embedQuery(text, deadline: deadline).tier == .miss, "\(name)")
            #expect(cache.removals.dropFirst(before) == [key], "\(name)")
            #expect(try await provider().embedQuery(text, deadline: deadline).tier == .l2, "\(name): computed and stored anew")
        }
    }

    @Test func anEntryUnderAnotherNameIsAMiss() async throws {
        let tier = SharedVectorTier(cache, keys: try CacheKeyMaker(secret: secret), timeToLive: .seconds(60))
        let key = { tier.key(for: $0, as: .query, in: space, tenant: nil) }
        let vector: [Float] = [0.6, 0.8]
        tier.store(vector, for: key("one"))
        let bytes = try #require(cache.entries[key("one")])
        cache.store(bytes, for: key("two"), timeToLive: .seconds(60))
        #expect(await tier.vector(for: key("one"), dimension: 2, deadline: deadline) == vector)
        #expect(await tier.vector(for: key("two"), dimension: 2, deadline: deadline) == nil)
        #expect(await tier.vector(for: key("one"), dimension: 3, deadline: deadline) == nil, "another dimension")
    }

    @Test func vectorsThatCannotBeReadBackAreNotStored() throws {
        let tier = SharedVectorTier(cache, keys: try CacheKeyMaker(secret: secret), timeToLive: .seconds(60))
        for (index, vector) in [[Float.nan, 1], [.infinity, 0], [0, 0], [1, 1], []].enumerated() {
            tier.store(vector, for: tier.key(for: "\(index)", as: .query, in: space, tenant: nil))
        }
        #expect(cache.entries.isEmpty)
    }

    @Test func aSharedTierThatIsAwayOrSlowFailsNothing() async throws {
        cache.isAway = true
        let provider = try provider()
        #expect(try await provider.embedQuery("a", deadline: deadline).tier == .miss)
        #expect(try await provider.embedQuery("a", deadline: deadline).tier == .l1)
        cache.isAway = false
        cache.delay = .milliseconds(100)
        #expect(try await provider.embedQuery("b", deadline: deadline).tier == .miss)
    }

    @Test func concurrentMissesShareOneLookAndOneComputation() async throws {
        cache.delay = .milliseconds(50)
        let provider = try provider()
        let deadline = deadline
        func askTogether() async throws -> [AnswerReply.CacheTier] {
            try await withThrowingTaskGroup(of: AnswerReply.CacheTier.self) { group in
                for _ in 0..<20 { group.addTask { try await provider.embedQuery("same", deadline: deadline).tier } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        _ = try await askTogether()
        #expect(cache.lookups == 1)
        #expect(model.calls.count == 1)
        provider.removeAll()
        let tiers = try await askTogether()
        #expect(tiers.allSatisfy { $0 == .l2 || $0 == .l1 }, "who waits for a shared hit has one")
        #expect(tiers.contains(.l2))
        #expect(cache.lookups == 2)
        #expect(model.calls.count == 1)
    }

    @Test func aWaiterGoesOnWhenTheFirstIsCancelledWhileItLooks() async throws {
        cache.delay = .milliseconds(100)
        let provider = try provider()
        let deadline = deadline
        let first = Task { try await provider.embedQuery("same", deadline: deadline).tier }
        let cache = cache
        #expect(try await eventually { cache.lookups == 1 })
        let second = Task { try await provider.embedQuery("same", deadline: deadline).tier }
        try await Task.sleep(for: .milliseconds(10))
        first.cancel()
        await #expect(throws: RAGError.self) { try await first.value }
        #expect(try await second.value == .miss)
        #expect(model.calls.count == 1)
    }

    @Test func passagesTouchNoCache() async throws {
        _ = try await provider().embed(["a", "b"], as: .passage, deadline: deadline)
        #expect(cache.lookups == 0)
        #expect(cache.entries.isEmpty)
    }
}
