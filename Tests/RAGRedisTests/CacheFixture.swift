// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGRedis
import Synchronization

/// A cache, and what it told of its health.
final class CacheFixture: Sendable {
    struct Report: Sendable, Equatable {
        var status: DependencyHealth.Status
        var detail: String?
    }

    final class Reports: Sendable {
        private let state = Mutex<[Report]>([])

        var all: [Report] { state.withLock { $0 } }

        func add(_ report: Report) { state.withLock { $0.append(report) } }
    }

    let cache: RedisCache
    let reports = Reports()

    init(_ url: String, authority: String? = nil, change: (inout RedisSettings) -> Void = { _ in }) throws {
        var settings = RedisSettings(url: try RedisURL(url), certificateAuthority: authority)
        change(&settings)
        let reports = reports
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        cache = try RedisCache(settings: settings, logger: logger) { reports.add(Report(status: $0, detail: $1)) }
        cache.start()
    }

    convenience init(port: Int, change: (inout RedisSettings) -> Void = { _ in }) throws {
        try self.init("redis://127.0.0.1:\(port)", change: change)
    }

    var status: DependencyHealth.Status? { reports.all.last?.status }

    var detail: String? { reports.all.last?.detail }

    func value(_ key: String, deadline: Deadline = .after(.seconds(30))) async -> [UInt8]? {
        await cache.values(for: [CacheKey(rawValue: key)], deadline: deadline)[0]
    }

    func store(_ value: [UInt8], _ key: String, timeToLive: Duration = .seconds(60)) {
        cache.store(value, for: CacheKey(rawValue: key), timeToLive: timeToLive)
    }

    /// Looks up a key and says how long it took.
    func timed(_ key: String) async -> (value: [UInt8]?, time: Duration) {
        let start = ContinuousClock.now
        let value = await value(key)
        return (value, start.duration(to: .now))
    }
}
