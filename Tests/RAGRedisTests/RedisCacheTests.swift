// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGRedis
import RAGTestKit
import Testing

@Suite(.enabled(if: ServerProcess.isExpected, "redis-server is not installed (apt-get install redis-server)"), .serialized)
struct RedisCacheTests {
    @Test func givesBackWhatWasStoredInTheOrderOfTheKeys() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        let bytes: [UInt8] = [0, 13, 10, 255, 42]
        fixture.store(bytes, "a")
        fixture.store([], "empty")
        try await eventually { await fixture.value("empty") == [] }
        let keys = ["a", "absent", "empty", "a"].map { CacheKey(rawValue: $0) }
        #expect(await fixture.cache.values(for: keys, deadline: .never) == [bytes, nil, [], bytes])
        #expect(await fixture.cache.values(for: [], deadline: .never).isEmpty)
        #expect(fixture.status == .ok)
        guard case .integer(let left) = try await server.ask("PTTL", "grounded:a") else {
            Issue.record("no time to live")
            return
        }
        #expect((50_000...60_000).contains(left))
        await fixture.cache.shutdown()
        #expect(await fixture.value("a") == nil)
    }

    @Test func keepsThePromisesOfCaches() async throws {
        let server = try ServerProcess()
        try await CacheConformance {
            _ = try await server.ask("FLUSHALL")
            let fixture = try CacheFixture(port: server.port)
            try await eventually { fixture.status == .ok }
            return fixture.cache
        }.runAll()
    }

    @Test func forgetsWhatWasRemovedAndWhatExpired() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        fixture.store([1], "short", timeToLive: .milliseconds(150))
        fixture.store([2], "removed")
        fixture.store([3], "never", timeToLive: .zero)
        try await eventually { await fixture.value("removed") == [2] }
        #expect(await fixture.value("never") == nil)
        fixture.cache.remove(CacheKey(rawValue: "removed"))
        try await eventually { await fixture.value("removed") == nil }
        try await eventually { await fixture.value("short") == nil }
        await fixture.cache.shutdown()
    }

    @Test func takesAnotherTypeForAMissAndRemovesIt() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        try await server.ask("RPUSH", "grounded:list", "x")
        fixture.store([7], "string")
        try await eventually { await fixture.value("string") == [7] }
        let keys = ["string", "list"].map { CacheKey(rawValue: $0) }
        #expect(await fixture.cache.values(for: keys, deadline: .never) == [[7], nil])
        try await eventually { try await server.ask("EXISTS", "grounded:list") == .integer(0) }
        #expect(fixture.status == .ok)
        #expect(fixture.cache.isAvailable)
        await fixture.cache.shutdown()
    }

    @Test func logsInWithUserPasswordAndDatabase() async throws {
        let rules = "on >s3:cret/ ~grounded:* +get +set +unlink +select".split(separator: " ").map(String.init)
        let server = try ServerProcess(["--requirepass", "other", "--user", "cache"] + rules)
        let fixture = try CacheFixture("redis://cache:s3%3Acret%2F@127.0.0.1:\(server.port)/5")
        fixture.store([1], "k")
        try await eventually { await fixture.value("k") == [1] }
        let keyspace = try await server.ask("INFO", "keyspace", password: "other")
        guard case .bulk(let text) = keyspace else {
            Issue.record("no INFO: \(keyspace)")
            return
        }
        #expect(String(decoding: text, as: UTF8.self).contains("db5:keys=1"))
        await fixture.cache.shutdown()
    }

    @Test(arguments: ["", ":wrong@", "nobody:wrong@"])
    func saysThatTheCredentialsAreRefused(_ credentials: String) async throws {
        let server = try ServerProcess(["--requirepass", "right"])
        let fixture = try CacheFixture("redis://\(credentials)127.0.0.1:\(server.port)")
        try await eventually { fixture.status == .degraded }
        #expect(fixture.detail?.contains("refuses the credentials of REDIS_URL") == true, "\(fixture.detail ?? "")")
        #expect(fixture.detail?.contains("right") == false)
        #expect(await fixture.value("k") == nil)
        try await server.ask("CONFIG", "SET", "requirepass", "", password: "right")
        try await eventually { credentials.hasPrefix("nobody") || fixture.status == .ok }
        await fixture.cache.shutdown()
    }

    @Test func writesWhatWaitsBeforeItShutsDown() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port)
        try await eventually { fixture.status == .ok }
        for number in 0..<2_000 { fixture.store(Array(repeating: 1, count: 1_536), "k\(number)") }
        let start = ContinuousClock.now
        await fixture.cache.shutdown()
        #expect(start.duration(to: .now) < .milliseconds(900))
        #expect(try await server.ask("DBSIZE") == .integer(2_000))
    }

    @Test func keepsTheNewestWritesWhileTheServerIsAway() async throws {
        let port = try ServerProcess.freePort()
        let fixture = try CacheFixture(port: port) { $0.mostWaitingWrites = 100 }
        for number in 0..<1_000 { fixture.store([1], "k\(number)") }
        fixture.store(Array(repeating: 1, count: 2 << 20), "huge")
        let server = try ServerProcess(port: port)
        try await eventually { await fixture.value("k999") == [1] }
        #expect(try await server.ask("DBSIZE") == .integer(100))
        #expect(await fixture.value("k899") == nil)
        #expect(await fixture.value("k900") == [1])
        await fixture.cache.shutdown()
    }

    @Test(arguments: ["", "right"])
    func speaksToServersThatKnowOnlyTheOldProtocol(_ password: String) async throws {
        let server = try ServerProcess(["--rename-command", "HELLO", ""] + (password.isEmpty ? [] : ["--requirepass", password]))
        let fixture = try CacheFixture("redis://\(password.isEmpty ? "" : ":\(password)@")127.0.0.1:\(server.port)/1")
        fixture.store([1], "k")
        try await eventually { await fixture.value("k") == [1] }
        #expect(await fixture.value("absent") == nil)
        await fixture.cache.shutdown()
        server.kill()
    }

    @Test func answersManyCallersAtOnceEachItsOwn() async throws {
        let server = try ServerProcess()
        let fixture = try CacheFixture(port: server.port) { $0.commandTimeout = .seconds(5) }
        for number in 0..<100 { fixture.store(Array("\(number)".utf8), "k\(number)") }
        try await eventually { await fixture.value("k99") != nil }
        await withTaskGroup(of: Int.self) { group in
            for caller in 0..<32 {
                group.addTask {
                    var right = 0
                    for step in 0..<100 {
                        let number = (caller * 7 + step) % 100
                        if await fixture.value("k\(number)") == Array("\(number)".utf8) { right += 1 }
                    }
                    return right
                }
            }
            for await right in group { #expect(right == 100) }
        }
        await fixture.cache.shutdown()
    }

    @Test func usesTLSAndChecksTheCertificate() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("grounded-tls-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("cert.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        try openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            certificate
        )
        let port = try ServerProcess.freePort()
        let tls = ["--tls-port", String(port), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no"]
        guard let server = try? ServerProcess(tls, encryptedPort: port) else {
            try Test.cancel("this redis-server is built without TLS")
        }
        for host in ["localhost", "127.0.0.1"] {
            let trusting = try CacheFixture("rediss://\(host):\(port)", authority: certificate)
            trusting.store([9], host)
            try await eventually { await trusting.value(host) == [9] }
            await trusting.cache.shutdown()
        }
        let doubting = try CacheFixture("rediss://localhost:\(port)")
        try await eventually { doubting.status == .degraded }
        #expect(doubting.detail?.contains("CERTIFICATE_VERIFY_FAILED") == true, "\(doubting.detail ?? "")")
        #expect(await doubting.value("localhost") == nil)
        await doubting.cache.shutdown()
        #expect(throws: RAGError.self) { try CacheFixture("rediss://localhost:\(port)", authority: folder.path + "/absent.pem") }
        server.kill()
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
