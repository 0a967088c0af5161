// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGPython

/// Loader processes, with loaders that fail on purpose.
@Suite(.enabled(if: PythonFixture.hasPython))
struct LoadingTests {
    private func processes(_ limits: LoadingLimits = LoadingLimits(time: .seconds(20))) throws -> DocumentProcesses {
        let interpreter = try PythonInterpreter.find(PythonFixture.places)
        let folder = "\(PythonFixture.root)/python/tests/fault_loaders"
        return DocumentProcesses(interpreter: interpreter, importPaths: [folder], limits: limits, logger: PythonFixture.silent)
    }

    private func read(
        _ command: String,
        _ processes: DocumentProcesses,
        _ body: String = "body",
        deadline: Deadline = .after(.seconds(60))
    ) async throws(RAGError) -> LoadedDocument {
        try await processes.read(Array(body.utf8), name: "\(command).pdf", mediaType: "application/pdf", deadline: deadline)
    }

    private func refusal(_ command: String, _ processes: DocumentProcesses, _ body: String = "body") async -> RAGError? {
        await #expect(throws: RAGError.self) { try await read(command, processes, body) }
    }

    /// Whether every process of the list is gone, waiting a moment for it.
    private func areGone(_ identifiers: [Int32]) async throws -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(5))
        while identifiers.contains(where: { kill($0, 0) == 0 }) {
            if ContinuousClock.now > end { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    @Test func aDocumentComesBackWithTitleAndWarnings() async throws {
        let processes = try processes()
        let text = "# Größe\n\nfirst page\n\n\u{0C}\n\nsecond page\n"
        let document = try await read("echo", processes, text)
        #expect(document.text == text && document.format == .markdown)
        #expect(document.title == "A title")
        #expect(document.warnings == ["page 2 holds only images "])
    }

    @Test func theProcessHearsTheLimitsAndNoSecrets() async throws {
        let limits = LoadingLimits(time: .seconds(7), memory: 300 << 20, textBytes: 5_000_000, recognisesCharacters: true)
        let processes = try processes(limits)
        let header = try JSONValue(parsing: Array(try await read("header", processes).text.utf8))
        #expect(
            header
                == .object([
                    "name": .string("header.pdf"), "media_type": .string("application/pdf"), "memory_bytes": .integer(300 << 20),
                    "cpu_seconds": .integer(7), "maximum_text_bytes": .integer(5_000_000), "ocr": .bool(true),
                ])
        )
        let command = LoadingCommand(
            executable: "/usr/bin/python3",
            importPaths: [],
            environment: ["PATH": "/bin", "OPENAI_API_KEY": "secret", "API_KEYS": "secret", "QDRANT_URL": "http://secret"]
        )
        #expect(command.environment.contains("PATH=/bin"))
        #expect(!command.environment.contains { $0.contains("secret") })
        let names = try await read("environment", processes).text.split(separator: " ")
        #expect(!names.contains { $0.contains("KEY") })
    }

    @Test func manyDocumentsAreReadOneProcessEach() async throws {
        let processes = try processes(LoadingLimits(processes: 2))
        processes.start()
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<6 { group.addTask { try await read("slow", processes).text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(texts).count == 6)
        #expect(processes.processes.count <= 4)
        let last = processes.processes
        processes.stop()
        #expect(try await areGone(last))
    }

    @Test(arguments: [
        ("memory", RAGError.Code.unreadableDocument, "LOADER_MEMORY"), ("processor", .tooLarge, "LOADER_TIMEOUT_SECONDS"),
        ("killed", .tooLarge, "LOADER_MEMORY"), ("segfault", .unreadableDocument, "signal 11"), ("quit", .unreadableDocument, "status 7"),
        ("garbage", .unreadableDocument, "answered wrongly"), ("half", .unreadableDocument, "without an answer"),
        ("announce", .tooLarge, "MB"), ("long", .tooLarge, "MB"), ("format", .unreadableDocument, "format"),
        ("twice", .unreadableDocument, "twice"), ("refuse", .unsupportedMediaType, "nobody reads this"),
    ])
    func aLoaderThatEndsBadlyCostsOneDocument(_ command: String, _ code: RAGError.Code, _ word: String) async throws {
        let processes = try processes(LoadingLimits(time: .seconds(20), memory: 200 << 20, textBytes: 1 << 20))
        let error = await refusal(command, processes)
        #expect(error?.code == code)
        #expect(error?.message.contains(word) == true, "\(String(describing: error))")
        #expect(try await read("echo", processes, "fine").text == "fine")
    }

    @Test(arguments: [
        ("unsupported", RAGError.Code.unsupportedMediaType), ("too_large", .tooLarge), ("unreadable", .unreadableDocument),
        ("encrypted", .unreadableDocument), ("empty", .unreadableDocument), ("else", .unreadableDocument),
    ])
    func refusalsKeepTheirReason(_ word: String, _ code: RAGError.Code) async throws {
        let reply = try LoadingReply(parsing: Array(#"{"error":{"code":"\#(word)","message":"so it is"}}"#.utf8))
        #expect(reply == .refused(code, "so it is"))
    }

    @Test(arguments: ["hang", "deaf"])
    func whatHangsIsKilledAtTheTimeLimit(_ command: String) async throws {
        let processes = try processes(LoadingLimits(time: .milliseconds(700)))
        _ = try await read("echo", processes)
        // Too much for the socket's buffer, so that sending hangs as well.
        let body = String(repeating: "x", count: 4 << 20)
        let start = ContinuousClock.now
        let error = await refusal(command, processes, body)
        #expect(start.duration(to: .now) < .seconds(10))
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("LOADER_TIMEOUT_SECONDS") == true)
        #expect(try await read("echo", processes, "fine").text == "fine")
    }

    @Test func whoGoesAwayEndsTheProcessAndWhatItStarted() async throws {
        let processes = try processes()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("loading-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let task = Task { try await read("child", processes, file) }
        var child: Int32?
        while child == nil {
            try await Task.sleep(for: .milliseconds(10))
            child = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int32($0) }
        }
        let before = processes.processes
        task.cancel()
        let error = await #expect(throws: RAGError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await areGone([try #require(child)]))
        #expect(before.count == 2)
        #expect(try await read("echo", processes, "fine").text == "fine")
    }

    @Test func aDeadlineEndsTheProcess() async throws {
        let processes = try processes()
        _ = try await read("echo", processes)
        let error = await #expect(throws: RAGError.self) {
            try await read("hang", processes, deadline: .after(.milliseconds(300)))
        }
        #expect(error?.code == .deadlineExceeded)
        // The one place is free again at once.
        #expect(try await read("echo", processes, "fine", deadline: .after(.seconds(5))).text == "fine")
    }

    @Test func aStopFailsWhatRuns() async throws {
        let processes = try processes()
        let task = Task { try await read("hang", processes) }
        while processes.processes.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        let all = processes.processes
        processes.stop()
        let error = await #expect(throws: RAGError.self) { try await task.value }
        #expect(error?.code == .overloaded)
        #expect(try await areGone(all))
        let late = await refusal("echo", processes)
        #expect(late?.code == .overloaded)
    }

    @Test func aProcessThatCannotStartIsAnErrorAndNotAHang() async throws {
        let interpreter = try PythonInterpreter.find(PythonFixture.places)
        let processes = DocumentProcesses(
            interpreter: interpreter,
            importPaths: ["/nowhere"],
            limits: LoadingLimits(),
            logger: PythonFixture.silent
        )
        let error = await refusal("echo", processes)
        #expect(error?.code == .unavailable)
    }

    @Test func processesEndWithTheirOwner() async throws {
        var owner: DocumentProcesses? = try processes()
        _ = try await read("echo", try #require(owner))
        let all = owner?.processes ?? []
        #expect(!all.isEmpty)
        owner = nil
        #expect(try await areGone(all))
    }
}
