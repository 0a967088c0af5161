// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline
import RAGTestKit
import Testing

@Suite struct AdmissionCacheTests {
    private let start = ContinuousClock.now

    private func cache<Value: Sendable>(
        _ capacity: Int,
        timeToLive: Duration = .seconds(60),
        seed: UInt64 = 1,
        of: Value.Type = Int.self
    ) -> AdmissionCache<Int, Value> {
        AdmissionCache(capacity: capacity, timeToLive: timeToLive) { key in
            var generator = SeededGenerator(seed: seed ^ UInt64(bitPattern: Int64(key)))
            return generator.next()
        }
    }

    /// Looks, and inserts what is not there, as every user does.
    private func ask(_ key: Int, _ cache: inout AdmissionCache<Int, Int>, cost: Int = 1) -> Bool {
        if let value = cache.value(for: key, at: start) {
            #expect(value == key)
            return true
        }
        cache.insert(key, for: key, cost: cost, at: start)
        return false
    }

    /// More seeds and more requests: `swift run -c release --package-path benchmarks/cache`.
    @Test func hitsAsOftenAsAnIdealCacheWithoutScansAlthoughThereAreScans() {
        let seed = UInt64.random(in: 0..<1 << 32)
        let (distinct, capacity, requests) = (100_000, 10_000, 200_000)
        var ideal = LeastRecentlyUsed<Int, Int>(capacity: capacity, timeToLive: .seconds(60))
        var scanned = cache(capacity, seed: seed)
        var stream = ZipfStream(distinct: distinct, seed: seed)
        var (idealHits, hits) = (0, 0)
        var cold = distinct
        for request in 0..<requests {
            let key = stream.next()
            if ideal.value(for: key, at: start) != nil { idealHits += 1 } else { ideal.insert(key, for: key, at: start) }
            if ask(key, &scanned) { hits += 1 }
            // As many cold keys as requests: now and then one, and five passes over twice the capacity.
            if request.isMultiple(of: 2) {
                _ = ask(cold, &scanned)
                cold += 1
            }
            if request % 40_000 == 20_000 {
                for _ in 0..<2 * capacity {
                    _ = ask(cold, &scanned)
                    cold += 1
                }
            }
        }
        let share = { (count: Int) in (Double(count) * 10_000 / Double(requests)).rounded() / 100 }
        print("seed \(seed): \(share(hits)) % with \(cold - distinct) cold keys mixed in, ideal LRU without them \(share(idealHits)) %")
        #expect(hits >= idealHits, "seed \(seed)")
        #expect(scanned.count <= capacity)
    }

    @Test func onePassOverColdKeysLeavesTheHotOnes() {
        var cache = cache(1_000)
        for _ in 0..<5 { for key in 0..<500 { _ = ask(key, &cache) } }
        for key in 10_000..<110_000 { _ = ask(key, &cache) }
        let left = (0..<500).count { cache.value(for: $0, at: start) != nil }
        #expect(left >= 490, "\(left) of 500 hot keys are left")
    }

    @Test func whatBecomesPopularComesIn() {
        var cache = cache(1_000)
        for _ in 0..<20 { for key in 0..<1_000 { _ = ask(key, &cache) } }
        var hits = 0
        for _ in 0..<40 { for key in 5_000..<6_000 where ask(key, &cache) { hits += 1 } }
        #expect(hits > 20_000, "\(hits) of 40,000 requests for a new set of keys were hits")
    }

    @Test func costsAreBoundedAndAddUp() {
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededGenerator(seed: seed)
        var cache = cache(10_000, seed: seed)
        var costs: [Int: Int] = [:]
        for step in 0..<30_000 {
            let key = Int.random(in: 0..<500, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: cache.remove(key)
            case 1...4: _ = cache.value(for: key, at: start)
            default:
                let cost = Int.random(in: 1...400, using: &random)
                cache.insert(key, for: key, cost: cost, at: start)
                costs[key] = cost
            }
            if step.isMultiple(of: 100) {
                var found = 0
                for key in 0..<500 where cache.value(for: key, at: start) != nil { found += costs[key] ?? 0 }
                #expect(cache.cost == found, "seed \(seed)")
                #expect(cache.cost <= 10_000, "seed \(seed)")
            }
        }
        cache.removeAll()
        #expect(cache.cost == 0 && cache.count == 0)
    }

    @Test func whatIsLargerThanTheCacheIsNotKeptAndPushesNothingOut() {
        var cache = cache(100)
        cache.insert(1, for: 1, cost: 10, at: start)
        cache.insert(2, for: 2, cost: 101, at: start)
        #expect(cache.value(for: 1, at: start) == 1)
        #expect(cache.value(for: 2, at: start) == nil)
        cache.insert(3, for: 1, cost: 1_000, at: start)
        #expect(cache.value(for: 1, at: start) == nil, "what was there before is not true any more")
    }

    @Test func anEntryExpiresAndMakesRoom() {
        var cache = cache(10)
        for _ in 0..<5 { for key in 0..<10 { _ = ask(key, &cache) } }
        let later = start.advanced(by: .seconds(60))
        #expect(cache.value(for: 3, at: start.advanced(by: .seconds(59))) == 3)
        #expect(cache.value(for: 3, at: later) == nil)
        cache.insert(20, for: 20, at: later)
        cache.insert(21, for: 21, at: later)
        #expect(cache.value(for: 20, at: later) == 20, "what has expired goes before what was never asked for")
        cache.removeAll(expiredAt: later)
        #expect(cache.count == 2)
    }

    @Test func tinyCachesWork() {
        for capacity in 0...4 {
            var cache = cache(capacity)
            for key in [1, 2, 1, 3, 1, 4, 1, 5, 1] { _ = ask(key, &cache) }
            #expect(cache.count == capacity)
            cache.insert(7, for: 1, at: start)
            if capacity > 1 { #expect(cache.value(for: 1, at: start) == 7, "capacity \(capacity)") }
        }
    }

    @Test func valuesAreReleasedWhenTheyGo() {
        final class Token: Sendable {}
        var cache = cache(4, of: Token.self)
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            cache.insert(token, for: 1, at: start)
        }
        #expect(weakToken != nil)
        cache.remove(1)
        #expect(weakToken == nil)
    }
}
