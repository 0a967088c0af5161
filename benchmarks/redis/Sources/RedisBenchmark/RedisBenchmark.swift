// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGRedis

/// How long the second cache tier takes, seen by an async caller, against the server whose URL is the argument.
@main
struct RedisBenchmark {
    /// A vector of 384 floats.
    private static let value = [UInt8](repeating: 7, count: 1_536)

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: RedisBenchmark redis://127.0.0.1:6379")
            return
        }
        var settings = RedisSettings(url: try RedisURL(CommandLine.arguments[1]))
        // Saturation is to be seen as time, not as misses.
        settings.commandTimeout = .seconds(2)
        let cache = try RedisCache(settings: settings, logger: Logger(label: "benchmark"))
        await report("look-up while away", callers: 1, calls: 20_000, batch: 1, cache, expectsHits: false)
        cache.start()
        for number in 0..<1_000 { cache.store(value, for: key(number), timeToLive: .seconds(600)) }
        while await cache.values(for: [key(999)], deadline: .never)[0] == nil { try await Task.sleep(for: .milliseconds(10)) }
        await report("warm-up", callers: 1, calls: 5_000, batch: 1, cache)
        await report("hit", callers: 1, calls: 20_000, batch: 1, cache)
        await report("hit", callers: 8, calls: 5_000, batch: 1, cache)
        await report("hit", callers: 32, calls: 2_000, batch: 1, cache)
        await report("32 hits in one call", callers: 1, calls: 3_000, batch: 32, cache)
        try await writes(cache)
        await cache.shutdown()
    }

    private static func key(_ number: Int) -> CacheKey {
        let digits = String(number)
        return CacheKey(rawValue: String(repeating: "0", count: 64 - digits.count) + digits)
    }

    private static func report(
        _ name: String,
        callers: Int,
        calls: Int,
        batch: Int,
        _ cache: RedisCache,
        expectsHits: Bool = true
    ) async {
        let start = ContinuousClock.now
        let samples = await withTaskGroup(of: [Double].self) { group in
            for caller in 0..<callers {
                group.addTask { await measure(caller: caller, calls: calls, batch: batch, cache, expectsHits: expectsHits) }
            }
            return await group.reduce(into: [Double]()) { $0 += $1 }
        }
        let seconds = start.duration(to: .now).inSeconds
        let sorted = samples.sorted()
        func percentile(_ share: Double) -> String {
            guard !sorted.isEmpty else { return "-" }
            return String((sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 10_000).rounded() / 10_000)
        }
        let rate = Int(Double(samples.count) / seconds)
        print("\(name), \(callers) callers: p50 \(percentile(0.5)) ms, p99 \(percentile(0.99)) ms, \(rate) calls/s, \(samples.count) calls")
    }

    @concurrent
    private static func measure(caller: Int, calls: Int, batch: Int, _ cache: RedisCache, expectsHits: Bool) async -> [Double] {
        var samples: [Double] = []
        samples.reserveCapacity(calls)
        for call in 0..<calls {
            let keys = (0..<batch).map { key((caller * 131 + call * 7 + $0) % 1_000) }
            let start = ContinuousClock.now
            let values = await cache.values(for: keys, deadline: .never)
            let time = start.duration(to: .now).milliseconds
            if values.allSatisfy({ ($0 != nil) == expectsHits }) { samples.append(time) }
        }
        return samples
    }

    private static func writes(_ cache: RedisCache) async throws {
        let count = 4_000
        let start = ContinuousClock.now
        for number in 1_000..<(1_000 + count) { cache.store(value, for: key(number), timeToLive: .seconds(600)) }
        let returned = start.duration(to: .now)
        while await cache.values(for: [key(999 + count)], deadline: .never)[0] == nil {}
        let written = start.duration(to: .now)
        print(
            "store: \(returned.milliseconds * 1_000 / Double(count)) µs for the caller; \(Int(Double(count) / written.inSeconds)) writes/s"
        )
    }
}
