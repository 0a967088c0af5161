// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline

/// Hit rates of a stream of questions whose frequency falls with their rank.
enum HitRate {
    private static let distinct = 100_000
    private static let capacity = 10_000
    private static let requests = 1_000_000

    /// Prints one row for each seed.
    static func measure(seeds: [UInt64]) {
        print("Zipf(1.0), \(distinct) questions, \(requests) requests, \(capacity) entries; hits in %")
        print("seed        LRU   W-TinyLFU   LRU+scans   W-TinyLFU+scans   best possible")
        for seed in seeds {
            let row = [lru(seed, scans: false), ours(seed, scans: false), lru(seed, scans: true), ours(seed, scans: true), best(seed)]
            print(seed, row.map { String(($0 * 10_000).rounded() / 100) }.joined(separator: "   "))
        }
    }

    /// Calls `ask` for each question of the stream with true, and for each cold key of the scans with false.
    private static func stream(_ seed: UInt64, scans: Bool, _ ask: (Int, Bool) -> Void) {
        var random = SeededGenerator(seed: seed)
        var cold = distinct
        for request in 0..<requests {
            ask(rank(&random), true)
            guard scans else { continue }
            let pass = request % 100_000 == 50_000 ? 2 * capacity : request % 2
            for _ in 0..<pass {
                ask(cold, false)
                cold += 1
            }
        }
    }

    private static let cumulative: [Double] = {
        var sum = 0.0
        return (1...distinct).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }()

    private static func rank(_ random: inout SeededGenerator) -> Int {
        let point = Double.random(in: 0..<cumulative[distinct - 1], using: &random)
        var (low, high) = (0, distinct - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func lru(_ seed: UInt64, scans: Bool) -> Double {
        var cache = LeastRecentlyUsed<Int, Int>(capacity: capacity, timeToLive: .seconds(600))
        let now = ContinuousClock.now
        var hits = 0
        stream(seed, scans: scans) { key, counts in
            if cache.value(for: key, at: now) == nil { cache.insert(key, for: key, at: now) } else if counts { hits += 1 }
        }
        return Double(hits) / Double(requests)
    }

    private static func ours(_ seed: UInt64, scans: Bool) -> Double {
        var cache = AdmissionCache<Int, Int>(capacity: capacity, timeToLive: .seconds(600))
        let now = ContinuousClock.now
        var hits = 0
        stream(seed, scans: scans) { key, counts in
            if cache.value(for: key, at: now) == nil { cache.insert(key, for: key, at: now) } else if counts { hits += 1 }
        }
        return Double(hits) / Double(requests)
    }

    /// What a cache would do that knew the questions' true frequencies and held the most frequent ones from the first request.
    private static func best(_ seed: UInt64) -> Double {
        var hits = 0
        stream(seed, scans: false) { key, _ in hits += key < capacity ? 1 : 0 }
        return Double(hits) / Double(requests)
    }
}
