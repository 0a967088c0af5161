// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGRedis
import Testing

/// What is away, slow or talks nonsense is a cache that holds nothing: in time, and only as long as it lasts.
@Suite(.enabled(if: ServerProcess.isExpected, "redis-server is not installed (apt-get install redis-server)"), .serialized)
struct RedisFaultTests {
    /// What a caller may wait at most for a cache that does not answer, with room for a busy machine.
    private static let bound = Duration.milliseconds(250)

    /// A server behind a proxy, and a cache that has stored a value under `k`.
    private func start(_ arguments: [String] = []) async throws -> (ServerProcess, ProxyProcess, CacheFixture) {
        let server = try ServerProcess(arguments)
        let proxy = try ProxyProcess(upstream: server.port)
        let fixture = try CacheFixture(port: proxy.port)
        fixture.store([7], "k")
        try await eventually { await fixture.value("k") == [7] }
        return (server, proxy, fixture)
    }

    /// The times of look-ups that must all miss.
    private func misses(_ fixture: CacheFixture, count: Int) async throws -> [Duration] {
        var times: [Duration] = []
        for _ in 0..<count {
            let (value, time) = await fixture.timed("k")
            #expect(value == nil)
            times.append(time)
            try await Task.sleep(for: .milliseconds(10))
        }
        return times
    }

    @Test(arguments: [
        "refuse", "close", "stall", "half-open", "latency 5", "slow 5", "rst 2", "truncate 2", "garbage 64",
        #"reply ?!\r\n"#, #"reply-resp -LOADING Redis is loading the dataset in memory"#, #"reply-resp -NOAUTH Authentication required."#,
        #"reply-resp -MOVED 3999 127.0.0.1:6381"#, #"reply-resp -READONLY You can't write against a read only replica."#,
        #"greet -ERR max number of clients reached\r\n"#, "reply-resp :1",
    ])
    func answersEveryCallInTimeAndComesBack(_ fault: String) async throws {
        let (server, proxy, fixture) = try await start()
        for round in 0..<2 {
            try proxy.fault(fault)
            let times = try await misses(fixture, count: 30)
            #expect(times.allSatisfy { $0 < Self.bound }, "\(fault), round \(round): \(times.max() ?? .zero)")
            let late = times.suffix(10)
            #expect(late.allSatisfy { $0 < .milliseconds(60) }, "\(fault), round \(round): \(late)")
            #expect(fixture.status == .degraded, "\(fault): \(fixture.reports.all)")
            try proxy.fault("pass")
            try await eventually { await fixture.value("k") == [7] }
            try await eventually { fixture.status == .ok }
        }
        await fixture.cache.shutdown()
        server.kill()
    }

    @Test func namesTheReason() async throws {
        let (server, proxy, fixture) = try await start()
        for (fault, word) in [
            ("reply-resp -LOADING x", "loading"), ("reply-resp -NOAUTH x", "credentials"), ("reply-resp -MOVED 1 h:1", "cluster"),
            (#"greet -ERR max number of clients reached\r\n"#, "maxclients"), ("reply HTTP/1.1", "sent"), ("refuse", "connection"),
        ] {
            try proxy.fault(fault)
            try proxy.fault("drop")
            try await eventually("\(word) in \(fixture.reports.all.suffix(8))") {
                fixture.status == .degraded && fixture.detail?.contains(word) == true
            }
            try proxy.fault("pass")
            try await eventually { fixture.status == .ok }
        }
        await fixture.cache.shutdown()
        server.kill()
    }

    @Test func isThereWhenTheServerStartsLaterAndAfterItWasKilled() async throws {
        let port = try ServerProcess.freePort()
        let fixture = try CacheFixture(port: port)
        fixture.store([1], "early")
        try await eventually { fixture.status == .degraded }
        #expect(await fixture.value("early") == nil)
        for round in 0..<3 {
            let server = try ServerProcess(port: port)
            if round == 0 { try await eventually { await fixture.value("early") == [1] } }
            try await eventually { fixture.status == .ok }
            fixture.store([UInt8(round)], "k")
            try await eventually { await fixture.value("k") == [UInt8(round)] }
            server.kill()
            try await eventually { fixture.status == .degraded }
            let (value, time) = await fixture.timed("k")
            #expect(value == nil)
            #expect(time < .milliseconds(60))
        }
        await fixture.cache.shutdown()
    }

    @Test func survivesAStoppedServer() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        fixture.store([7], "k")
        try await eventually { await fixture.value("k") == [7] }
        server.pause()
        let times = try await misses(fixture, count: 50)
        #expect(times.allSatisfy { $0 < Self.bound })
        #expect(times.suffix(30).allSatisfy { $0 < .milliseconds(60) })
        #expect(fixture.status == .degraded)
        server.resume()
        try await eventually { await fixture.value("k") == [7] }
        await fixture.cache.shutdown()
    }

    @Test func readsWhatIsStoredWhileTheServerRefusesWrites() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        fixture.store([7], "k")
        try await eventually { await fixture.value("k") == [7] }
        for (refuse, allow, word) in [
            (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], "memory"),
            (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"], "read-only"),
        ] {
            try await server.ask(refuse)
            for number in 0..<50 {
                fixture.store([1], "refused\(number)")
                #expect(await fixture.value("k") == [7])
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(fixture.status == .degraded)
            #expect(fixture.detail?.contains(word) == true, "\(fixture.detail ?? "")")
            try await server.ask(allow)
            // A write that succeeds shows that writes do.
            try await eventually(within: .seconds(8)) {
                fixture.store([8], "later")
                return await fixture.value("later") == [8] && fixture.status == .ok
            }
            fixture.cache.remove(CacheKey(rawValue: "later"))
            try await eventually { await fixture.value("later") == nil }
        }
        await fixture.cache.shutdown()
    }

    @Test func missesAfterAFlushAndFillsUpAgain() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        fixture.store([7], "k")
        try await eventually { await fixture.value("k") == [7] }
        try await server.ask("FLUSHALL")
        #expect(await fixture.value("k") == nil)
        #expect(fixture.status == .ok)
        fixture.store([8], "k")
        try await eventually { await fixture.value("k") == [8] }
        await fixture.cache.shutdown()
    }

    @Test func givesUpAtTheRequestsOwnDeadlineAndKeepsTheConnection() async throws {
        let (server, proxy, fixture) = try await start()
        try proxy.fault("latency 0.06")
        let start = ContinuousClock.now
        #expect(await fixture.value("k", deadline: .after(.milliseconds(15))) == nil)
        #expect(start.duration(to: .now) < .milliseconds(55))
        #expect(await fixture.value("k", deadline: .after(.milliseconds(-1))) == nil)
        try await Task.sleep(for: .milliseconds(60))
        #expect(await fixture.value("k") == [7])
        #expect(fixture.reports.all.count == 1)
        await fixture.cache.shutdown()
        server.kill()
    }

    @Test func opensForCallsThatFailOnConnectionsThatCanBeMade() async throws {
        let server = try ServerProcess()
        let connection = try RedisConnection.connected(settings: RedisSettings(url: try RedisURL("redis://127.0.0.1:\(server.port)")))
        try await eventually { connection.isAvailable }
        var unknown = RESPWriter()
        unknown.command(["NO-SUCH-COMMAND"])
        var answered = 0
        let end = ContinuousClock.now.advanced(by: .seconds(3))
        while ContinuousClock.now < end {
            if case .success = await connection.call(unknown, patience: .seconds(1)) { answered += 1 }
            try await Task.sleep(for: .milliseconds(5))
        }
        // Five in about 350 ms, then one after a second, and one two seconds later at most.
        #expect((5...8).contains(answered), "\(answered)")
        connection.stop()
    }

    @Test func stopsAtOnceWhileTheServerIsAway() async throws {
        let fixture = try CacheFixture(port: try ServerProcess.freePort())
        for number in 0..<10_000 { fixture.store([1], "k\(number)") }
        let start = ContinuousClock.now
        await fixture.cache.shutdown()
        #expect(start.duration(to: .now) < .milliseconds(300))
        fixture.store([1], "late")
        #expect(await fixture.value("late") == nil)
    }
}
