// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// What every shared cache must do, as checks that throw the promise that is broken.
///
///     try await CacheConformance { try await MyCache.connected() }.runAll()
///
/// A check works under keys of its own, so the caches may share one server. What a cache does soon is waited for.
public struct CacheConformance: Sendable {
    private let make: @Sendable () async throws -> any Cache
    private let patience: Duration

    /// - Parameters:
    ///   - patience: How long something that happens soon may take.
    ///   - make: Makes a cache that is connected and that nobody else uses.
    public init(patience: Duration = .seconds(5), _ make: @escaping @Sendable () async throws -> any Cache) {
        self.make = make
        self.patience = patience
    }

    /// Every check, one after the other.
    public func runAll() async throws {
        try await runStoring()
        try await runMissing()
        try await runOrder()
        try await runBytes()
        try await runReplacing()
        try await runRemoving()
        try await runExpiry()
        try await runDeadlines()
        try await runConcurrency()
    }

    /// What is stored is found soon, again and again.
    public func runStoring() async throws {
        let cache = try await make()
        let key = Self.key("a")
        cache.store([1, 2, 3], for: key, timeToLive: .seconds(60))
        try await soon("what is stored is found") { await value(key, in: cache) == [1, 2, 3] }
        for _ in 0..<10 { try require(await value(key, in: cache), equals: [1, 2, 3], "what is found once is found again") }
    }

    /// What was never stored is nil, and no keys are no values.
    public func runMissing() async throws {
        let cache = try await make()
        try require(await value(Self.key("missing"), in: cache), equals: nil, "what was never stored is nil")
        try require(await cache.values(for: [], deadline: .after(.seconds(1))).count, equals: 0, "no keys, no values")
    }

    /// The values of many keys come in the order of the keys, with nil where there is none and twice where a key is asked for twice.
    public func runOrder() async throws {
        let cache = try await make()
        let keys = (0..<500).map { Self.key("order-\($0)") }
        for (index, key) in keys.enumerated() where !index.isMultiple(of: 3) {
            cache.store(Array("value \(index)".utf8), for: key, timeToLive: .seconds(60))
        }
        let asked = keys.reversed() + [keys[1], keys[1], keys[0]]
        let expected: [[UInt8]?] =
            keys.indices.reversed().map { $0.isMultiple(of: 3) ? nil : Array("value \($0)".utf8) }
            + [Array("value 1".utf8), Array("value 1".utf8), nil]
        try await soon("values come in the order of the keys") {
            await cache.values(for: asked, deadline: .after(.seconds(1))) == expected
        }
    }

    /// Any bytes come back as they were: none, all 256, line ends and what looks like a protocol, and many.
    public func runBytes() async throws {
        let cache = try await make()
        var random = SeededGenerator(seed: 7)
        let large = (0..<65_536).map { _ in UInt8.random(in: 0...255, using: &random) }
        let values: [[UInt8]] = [
            [], [0], Array(0...255), Array("\r\n".utf8), Array("$-1\r\n".utf8), Array("-ERR no\r\n".utf8),
            Array("*1\r\n$4\r\nPING\r\n".utf8),
            large,
        ]
        let keys = values.indices.map { Self.key("bytes-\($0)") }
        for (key, value) in zip(keys, values) { cache.store(value, for: key, timeToLive: .seconds(60)) }
        try await soon("any bytes come back as they were, and an empty value is not a missing one") {
            await cache.values(for: keys, deadline: .after(.seconds(1))) == values
        }
    }

    /// Of several values under one key the last one stays.
    public func runReplacing() async throws {
        let cache = try await make()
        let key = Self.key("replaced")
        for round in 0..<20 as Range<UInt8> { cache.store([round], for: key, timeToLive: .seconds(60)) }
        try await soon("the last value under a key stays") { await value(key, in: cache) == [19] }
    }

    /// What is removed is gone soon, and nothing else is.
    public func runRemoving() async throws {
        let cache = try await make()
        let (gone, kept) = (Self.key("gone"), Self.key("kept"))
        cache.store([1], for: gone, timeToLive: .seconds(60))
        cache.store([2], for: kept, timeToLive: .seconds(60))
        let found: [[UInt8]?] = [[1], [2]]
        try await soon("both are there") { await cache.values(for: [gone, kept], deadline: .after(.seconds(1))) == found }
        cache.remove(gone)
        cache.remove(Self.key("never there"))
        try await soon("what is removed is gone") { await value(gone, in: cache) == nil }
        try require(await value(kept, in: cache), equals: [2], "what is not removed stays")
    }

    /// What has lived out its time is gone; the rest is not.
    public func runExpiry() async throws {
        let cache = try await make()
        let (short, long) = (Self.key("short"), Self.key("long"))
        cache.store([2], for: long, timeToLive: .seconds(60))
        cache.store([1], for: short, timeToLive: .milliseconds(400))
        let found: [[UInt8]?] = [[1], [2]]
        try await soon("both are there") { await cache.values(for: [short, long], deadline: .after(.seconds(1))) == found }
        try await soon("what has lived out its time is gone") { await value(short, in: cache) == nil }
        try require(await value(long, in: cache), equals: [2], "what has time left stays")
        let never = Self.key("no time")
        cache.store([3], for: never, timeToLive: .zero)
        try await Task.sleep(for: .milliseconds(50))
        try require(await value(never, in: cache), equals: nil, "what has no time to live is not found")
    }

    /// After the deadline nothing is found, and it does not take long to say so.
    public func runDeadlines() async throws {
        let cache = try await make()
        let key = Self.key("late")
        cache.store([1], for: key, timeToLive: .seconds(60))
        try await soon("it is there") { await value(key, in: cache) == [1] }
        let start = ContinuousClock.now
        let late = await cache.values(for: [key, key], deadline: .after(.zero))
        try require(late, equals: [nil, nil], "after the deadline nothing is found, as often as it was asked for")
        try require(start.duration(to: .now) < .milliseconds(200), "after the deadline a look-up returns at once")
        try require(await value(key, in: cache), equals: [1], "a look-up that came late harms nothing")
    }

    /// Many callers at once get their own values.
    public func runConcurrency() async throws {
        let cache = try await make()
        let keys = (0..<64).map { Self.key("concurrent-\($0)") }
        for (index, key) in keys.enumerated() { cache.store([UInt8(index)], for: key, timeToLive: .seconds(60)) }
        try await soon("all are there") {
            await cache.values(for: keys, deadline: .after(.seconds(1))).allSatisfy { $0 != nil }
        }
        let wrong = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var wrong = 0
                    for round in 0..<50 {
                        let index = (caller + round * 7) % 64
                        let found = await value(keys[index], in: cache)
                        // Under load a look-up may come too late; it may never bring another's value.
                        if let found, found != [UInt8(index)] { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        try require(wrong, equals: 0, "nobody gets another's value")
    }

    private func value(_ key: CacheKey, in cache: any Cache) async -> [UInt8]? {
        await cache.values(for: [key], deadline: .after(.seconds(1))).first ?? nil
    }

    /// Throws unless the promise is kept before patience ends.
    private func soon(_ promise: String, _ condition: () async -> Bool) async throws {
        let end = Deadline.after(patience)
        while !(await condition()) {
            try require(!end.hasPassed, promise)
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private static func key(_ name: String) -> CacheKey {
        CacheKey(rawValue: "conformance:\(UInt64.random(in: 0 ... .max)):\(name.split(separator: " ").joined(separator: "-"))")
    }
}
