// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGModels
import RAGTransport

/// `Fixtures/llm_stub.py`, or another stub of that folder, as a child process on a port of its own.
final class LLMStub {
    let port: Int
    let transport: HTTPTransport
    private let process: Process
    private let input: Pipe

    static let isAvailable = FileManager.default.isExecutableFile(atPath: python)
    private static let python = "/usr/bin/python3"

    init(fixture: String = "llm_stub.py") throws {
        process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.python)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/" + fixture)
        process.arguments = [script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else { break }
            line += String(decoding: byte, as: UTF8.self)
        }
        guard let port = Int(line.dropLast()) else {
            throw RAGError(.internal, "the stub server said \(line.debugDescription) instead of its port")
        }
        self.port = port
        transport = HTTPTransport(logger: Logger(label: "test"))
    }

    /// Runs `body` with a stub and ends it afterwards.
    static func with(_ fixture: String = "llm_stub.py", _ body: (LLMStub) async throws -> Void) async throws {
        let stub = try LLMStub(fixture: fixture)
        do {
            try await body(stub)
        } catch {
            try await stub.stop()
            throw error
        }
        try await stub.stop()
    }

    private func stop() async throws {
        try await transport.shutdown()
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func upstream(_ script: String) throws -> Upstream {
        var retries = RetryPolicy()
        retries.base = .milliseconds(20)
        let base = try UpstreamURL("http://127.0.0.1:\(port)/\(script)", setting: "OPENAI_BASE_URL")
        return Upstream(name: "llm", base: base, retries: retries)
    }

    func generator(_ script: String, key: String? = nil, first: Duration = .seconds(10), next: Duration = .seconds(10)) throws
        -> OpenAIGenerator
    {
        let settings = OpenAISettings(model: "test-model", apiKey: key, firstTokenLimit: first, nextTokenLimit: next)
        return OpenAIGenerator(upstream: try upstream(script), settings: settings, transport: transport)
    }

    /// A model server whose base URL names `script`.
    func server(_ script: String, _ role: ModelServer.Role = .embedding, key: String? = nil) throws -> ModelServer {
        ModelServer(upstream: try upstream(script), transport: transport, role: role, apiKey: key)
    }

    /// The body of the last request to `script`.
    func lastBody(_ script: String) async throws -> JSONValue {
        guard let text = try await state()["last"]?[script]?["body"]?.string else {
            throw RAGError(.internal, "nobody asked \(script)")
        }
        return try JSONValue(parsing: Array(text.utf8))
    }

    /// What the stub counted.
    func state() async throws -> JSONValue {
        let base = try UpstreamURL("http://127.0.0.1:\(port)", setting: "stub")
        let request = OutboundRequest(method: "GET", path: "/state")
        let bytes = try await transport.bytes(for: request, from: Upstream(name: "stub", base: base), deadline: .after(.seconds(5)))
        return try JSONValue(parsing: bytes)
    }

    func requests(_ script: String) async throws -> Int64 { try await state()["requests"]?[script]?.integer ?? 0 }
}
