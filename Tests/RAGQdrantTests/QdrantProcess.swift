// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGTransport
import Synchronization
import Testing

@testable import RAGQdrant

/// A Qdrant for tests: the real server that QDRANT_URL names, or else the test server, a process of this suite's own.
final class QdrantProcess: Sendable {
    enum Failure: Error { case notStarted(String) }

    private struct State {
        var process: Process?
        var port = 0
    }

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("grounded-qdrant-\(UUID().uuidString)")
    private let state = Mutex(State())

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    var port: Int { state.withLock { $0.port } }

    /// Starts it over its folder, on the port that it had.
    func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [Self.script, String(port), folder.path]
        let output = Pipe()
        process.standardOutput = output
        // Not this process's: whoever waits for the tests' output would wait for the server's too.
        process.standardError = FileHandle.nullDevice
        try process.run()
        // "qdrant test server on 127.0.0.1:PORT"
        var line = Data()
        while !line.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure.notStarted("the Qdrant test server ended at once") }
            line.append(more)
        }
        guard let port = Int(String(decoding: line, as: UTF8.self).split(separator: ":").last?.prefix { $0.isNumber } ?? "") else {
            throw Failure.notStarted("the Qdrant test server said \(String(decoding: line, as: UTF8.self))")
        }
        state.withLock { $0 = State(process: process, port: port) }
    }

    /// As `kill -9` does: what was acknowledged is on the disk.
    func kill() {
        guard let process = state.withLock({ $0.process.take() }), process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    // MARK: What is installed

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let python = root + "/.venv/bin/python"
    private static let script = root + "/Tests/QdrantServer"

    /// Suites run where the engine is installed, and where it must be.
    static let isExpected: Bool = {
        let environment = ProcessInfo.processInfo.environment
        if environment["QDRANT_URL"] != nil || environment["GROUNDED_REQUIRE_SERVERS"] == "1" { return true }
        let check = Process()
        check.executableURL = URL(fileURLWithPath: python)
        check.arguments = ["-c", "import qdrant_edge, qdrant_client"]
        check.standardError = FileHandle.nullDevice
        guard (try? check.run()) != nil else { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }()

    /// The one that suites share.
    static let shared = Mutex<QdrantProcess?>(nil)

    static func sharedURL() throws -> String {
        if let url = ProcessInfo.processInfo.environment["QDRANT_URL"] { return url }
        return try shared.withLock { shared in
            let process = try shared ?? QdrantProcess()
            if shared == nil { atexit { QdrantProcess.shared.withLock { $0 = nil } } }
            shared = process
            return "http://127.0.0.1:\(process.port)"
        }
    }
}

/// A store over collections of its own.
enum QdrantFixture {
    static let transport = HTTPTransport(connectLimit: .milliseconds(500), logger: Logger(label: "test"))

    static func client(_ url: String) throws -> QdrantClient {
        let key = ProcessInfo.processInfo.environment["QDRANT_API_KEY"]
        return QdrantClient(url: try UpstreamURL(url, setting: "QDRANT_URL"), apiKey: key, transport: transport)
    }

    static func name() -> String { "test_\(UInt64.random(in: 0...UInt64.max))" }

    static func store(_ url: String? = nil, collection: String? = nil, grace: Duration = .seconds(3_600)) throws -> QdrantStore {
        var settings = QdrantSettings(collection: collection ?? name())
        settings.grace = grace
        return QdrantStore(try client(url ?? QdrantProcess.sharedURL()), settings: settings)
    }
}
