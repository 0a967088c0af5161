// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGRedis
import RAGTestKit
import Synchronization
import Testing

/// Quotas that several servers share on one Redis are handed out once; a Redis that cannot be asked says so in time.
@Suite(.enabled(if: ServerProcess.isExpected, "redis-server is not installed (apt-get install redis-server)"), .serialized)
struct RedisRateLimiterTests {
    private let scope = TenantScope(authenticated: "acme")

    /// A limiter, and what it told of its health.
    private struct Fixture {
        let limiter: RedisRateLimiter
        let reports = CacheFixture.Reports()

        init(port: Int, timeout: Duration = .milliseconds(100)) throws {
            var settings = RedisSettings(url: try RedisURL("redis://127.0.0.1:\(port)"))
            settings.commandTimeout = timeout
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            limiter = try RedisRateLimiter(
                settings: settings,
                logger: logger,
                name: { "limit:\($0.name):\($1)" },
                onHealth: { [reports] in reports.add(CacheFixture.Report(status: $0, detail: $1)) }
            )
            limiter.start()
        }

        func isThere() async throws { try await eventually("the limiter is there") { limiter.isAvailable } }
    }

    private func limiters(_ count: Int, port: Int) async throws -> [Fixture] {
        let fixtures = try (0..<count).map { _ in try Fixture(port: port, timeout: .seconds(5)) }
        for fixture in fixtures { try await fixture.isThere() }
        return fixtures
    }

    /// Redis' clock.
    private func microseconds(_ server: ServerProcess) async throws -> Int64 {
        guard case .array(let parts) = try await server.ask("TIME") else { throw ServerProcess.Failure.notStarted("no TIME") }
        let numbers = parts.map { if case .bulk(let text) = $0 { Int64(String(decoding: text, as: UTF8.self)) ?? 0 } else { Int64(0) } }
        return numbers[0] * 1_000_000 + numbers[1]
    }

    @Test(arguments: [[], ["--rename-command", "HELLO", ""]])
    func keepsThePromisesOfTheSeam(_ arguments: [String]) async throws {
        let server = try ServerProcess(arguments)
        for count in [1, 3] {
            try await RateLimiterConformance { try await limiters(count, port: server.port).map(\.limiter) }.runAll()
        }
        server.kill()
    }

    @Test func threeServersHandOutExactlyTheBurstAndTheRate() async throws {
        let server = try ServerProcess()
        let fixtures = try await limiters(3, port: server.port)
        let quota = RateQuota("queries", perMinute: 12_000, burst: 100)
        // Redis' clock decides; it is read before the first call and after the last.
        let before = try await microseconds(server)
        let (admitted, refused) = await withTaskGroup(of: (Int, Int).self) { group in
            for caller in 0..<12 {
                group.addTask {
                    var (admitted, refused) = (0, 0)
                    let end = ContinuousClock.now.advanced(by: .seconds(2))
                    while ContinuousClock.now < end {
                        switch await fixtures[caller % 3].limiter.take(1, owed: 0, of: quota, in: scope)?.isAdmitted {
                        case true: admitted += 1
                        case false: refused += 1
                        case nil: break
                        }
                    }
                    return (admitted, refused)
                }
            }
            return await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        }
        let stretch = Double(try await microseconds(server) - before) / 1e6
        print(
            "three limiters: \(admitted) admitted, \(refused) refused in \(stretch) s, \(Int(Double(admitted + refused) / stretch)) a second"
        )
        #expect(refused > 100)
        #expect(Double(admitted) <= 100 + 200 * stretch)
        // The callers ask without pause for two seconds at least.
        #expect(admitted >= 100 + 200 * 2 - 4)
        server.kill()
    }

    @Test func countsExpireWhenTheyHaveRunDryAndNameNobody() async throws {
        let server = try ServerProcess()
        let fixture = try await limiters(1, port: server.port)[0]
        let quota = RateQuota("queries", perMinute: 6_000, burst: 100)
        #expect(await fixture.limiter.take(60, owed: 0, of: quota, in: scope)?.remaining == 40)
        #expect(try await server.ask("KEYS", "*") == .array([.bulk(Array("grounded:limit:queries:acme".utf8))]))
        guard case .integer(let left) = try await server.ask("PTTL", "grounded:limit:queries:acme") else {
            Issue.record("no time to live")
            return
        }
        #expect((1...1_600).contains(left))
        try await eventually(within: .seconds(4)) { try await server.ask("DBSIZE") == .integer(0) }
        // Asking for nothing and being refused write nothing.
        _ = await fixture.limiter.take(0, owed: 0, of: quota, in: scope)
        #expect(try await server.ask("DBSIZE") == .integer(0))
        server.kill()
    }

    @Test func whatAnotherProgramPutThereCountsAsEmptyAndKeepsNobodyOut() async throws {
        let server = try ServerProcess()
        let fixture = try await limiters(1, port: server.port)[0]
        let quota = RateQuota("queries", perMinute: 60, burst: 5)
        let key = "grounded:limit:queries:acme"
        for command in [
            ["RPUSH", key, "x"], ["SET", key, "none"], ["SET", key, "-1 -1"], ["SET", key, "1e300 5"], ["HSET", key, "a", "b"],
        ] {
            try await server.ask("DEL", key)
            try await server.ask(command)
            #expect(await fixture.limiter.take(1, owed: 0, of: quota, in: scope)?.remaining == 4, "\(command)")
        }
        // Full for ever by its word, and of a time to come.
        try await server.ask("SET", key, "\(String(repeating: "9", count: 400)) \(String(repeating: "9", count: 400))")
        let verdict = try #require(await fixture.limiter.take(1, owed: 0, of: quota, in: scope))
        #expect(!verdict.isAdmitted && verdict.retryAfter <= .seconds(1) && verdict.resetAfter <= .seconds(5))
        server.kill()
    }

    @Test(arguments: [
        "refuse", "close", "stall", "half-open", "latency 5", "slow 5", "rst 2", "truncate 2", "garbage 64",
        #"reply ?!\r\n"#, #"reply-resp -LOADING Redis is loading the dataset in memory"#, #"reply-resp -NOAUTH Authentication required."#,
        #"reply-resp -READONLY You can't write against a read only replica."#, #"reply-resp -NOSCRIPT No matching script."#,
        #"reply-resp -BUSY Redis is busy running a script."#, #"reply-resp -WRONGTYPE Operation against a key"#,
        "reply-resp :1", "reply-resp *3\\r\\n:0\\r\\n:1\\r\\n+x", "reply-resp *3\\r\\n:-1\\r\\n:1\\r\\n:1",
    ])
    func saysInTimeThatItCannotTell(_ fault: String) async throws {
        let server = try ServerProcess()
        let proxy = try ProxyProcess(upstream: server.port)
        let fixture = try Fixture(port: proxy.port)
        try await fixture.isThere()
        let quota = RateQuota("queries", perMinute: 60_000, burst: 10_000)
        try await eventually { await fixture.limiter.take(1, owed: 0, of: quota, in: scope) != nil }
        try proxy.fault(fault)
        var times: [Duration] = []
        for _ in 0..<30 {
            let start = ContinuousClock.now
            #expect(await fixture.limiter.take(1, owed: 0, of: quota, in: scope) == nil, "\(fault)")
            times.append(start.duration(to: .now))
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(times.allSatisfy { $0 < .milliseconds(250) }, "\(fault): \(times.max() ?? .zero)")
        #expect(times.suffix(10).allSatisfy { $0 < .milliseconds(60) }, "\(fault): \(times.suffix(10))")
        let isTold = !fault.contains("WRONGTYPE") && !fault.contains(":-1")
        if isTold { #expect(fixture.reports.all.last?.status == .degraded, "\(fault): \(fixture.reports.all)") }
        try proxy.fault("pass")
        try await eventually { await fixture.limiter.take(1, owed: 0, of: quota, in: scope)?.isAdmitted == true }
        try await eventually { fixture.reports.all.last?.status == .ok }
        fixture.limiter.stop()
        server.kill()
    }

    @Test func saysWhatIsWrongWithAServerThatRefusesToWrite() async throws {
        let server = try ServerProcess()
        let fixture = try await limiters(1, port: server.port)[0]
        let quota = RateQuota("queries", perMinute: 60_000, burst: 10_000)
        for (refuse, allow, word) in [
            (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], "memory"),
            (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"], "read-only"),
        ] {
            try await server.ask(refuse)
            for _ in 0..<60 {
                #expect(await fixture.limiter.take(1, owed: 0, of: quota, in: scope) == nil)
                try await Task.sleep(for: .milliseconds(15))
            }
            #expect(fixture.reports.all.last?.status == .degraded)
            #expect(fixture.reports.all.last?.detail?.contains(word) == true, "\(fixture.reports.all)")
            try await server.ask(allow)
            try await eventually(within: .seconds(8)) { await fixture.limiter.take(1, owed: 0, of: quota, in: scope)?.isAdmitted == true }
            try await eventually { fixture.reports.all.last?.status == .ok }
        }
        server.kill()
    }
}
