// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGRedis
import Testing

/// A redis-server of a test's own on a free port of 127.0.0.1; ended by its process id.
final class ServerProcess: Sendable {
    enum Failure: Error { case notStarted(String) }

    let port: Int
    let folder: URL
    private let process: Process

    init(port: Int? = nil, _ arguments: [String] = [], encryptedPort: Int? = nil) throws {
        let port = try port ?? Self.freePort()
        self.port = port
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "grounded-redis-\(port)-\(UInt32.random(in: 0...UInt32.max))"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.executable))
        process.arguments =
            [
                "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir",
                folder.path,
                "--loglevel", "warning", "--enable-debug-command", "yes",
            ] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while !Self.answers(encryptedPort ?? port) {
            guard process.isRunning, ContinuousClock.now < deadline else { throw Failure.notStarted("redis-server on port \(port)") }
            usleep(10_000)
        }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGCONT)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func pause() { Foundation.kill(process.processIdentifier, SIGSTOP) }

    func resume() { Foundation.kill(process.processIdentifier, SIGCONT) }

    /// Runs redis-cli's command over a connection of its own.
    @discardableResult
    func ask(_ words: String..., password: String? = nil) async throws -> RESPValue { try await ask(words, password: password) }

    @discardableResult
    func ask(_ words: [String], password: String? = nil) async throws -> RESPValue {
        let credentials = password.map { ":\($0)@" } ?? ""
        let settings = RedisSettings(url: try RedisURL("redis://\(credentials)127.0.0.1:\(port)"))
        let connection = try RedisConnection.connected(settings: settings)
        defer { connection.stop() }
        try await eventually { connection.isAvailable }
        var commands = RESPWriter()
        commands.command(words)
        return try await connection.call(commands, patience: .seconds(1)).get().first ?? .null
    }

    // MARK: What is installed

    static let executable: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/redis-server" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Suites run where there is a server, and where there must be one.
    static let isExpected = executable != nil || ProcessInfo.processInfo.environment["GROUNDED_REQUIRE_SERVERS"] == "1"

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw Failure.notStarted("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}

extension RedisConnection {
    static func connected(settings: RedisSettings) throws -> RedisConnection {
        let connection = try RedisConnection(settings: settings)
        connection.start()
        return connection
    }
}

/// Waits until something holds; an issue if it does not within the limit.
func eventually(
    within limit: Duration = .seconds(5),
    _ what: @autoclosure () -> String = "it",
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("\(what()) did not come true within \(limit)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
