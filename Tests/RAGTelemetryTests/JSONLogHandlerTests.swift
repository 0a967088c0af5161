// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import RAGTelemetry
import Synchronization
import Testing

/// Keeps lines for a test to look at.
private final class LineCollector: LogOutput {
    private let state = Mutex<[[UInt8]]>([])
    var lines: [[UInt8]] { state.withLock { $0 } }
    func write(line: [UInt8]) { state.withLock { $0.append(line) } }
}

@Suite struct JSONLogHandlerTests {
    private let output = LineCollector()

    private func logger(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "grounded.test") { JSONLogHandler(label: $0, level: level, output: output, now: { 1_700_000_000.123 }) }
    }

    @Test func anEventIsOneJSONObject() throws {
        var logger = logger()
        logger[metadataKey: "rag.request.id"] = "r1"
        logger.warning(
            "line\nbreak \"quoted\"",
            metadata: ["count": .stringConvertible(3), "ts": "mine", "deep": ["a": "b", "list": ["x", "y"]]]
        )
        let line = try #require(output.lines.first)
        #expect(!line.contains(UInt8(ascii: "\n")))
        let value = try JSONValue(parsing: line)
        #expect(value["ts"] == .string("2023-11-14T22:13:20.123Z"))
        #expect(value["level"] == .string("warning"))
        #expect(value["logger"] == .string("grounded.test"))
        #expect(value["message"] == .string("line\nbreak \"quoted\""))
        #expect(value["rag.request.id"] == .string("r1"))
        #expect(value["count"] == .integer(3))
        #expect(value["metadata.ts"] == .string("mine"))
        #expect(value["deep"]?["list"] == .array([.string("x"), .string("y")]))
    }

    @Test func eventsBelowTheLevelAreNotWritten() {
        let logger = logger(.warning)
        logger.info("quiet")
        logger.error("loud")
        #expect(output.lines.count == 1)
    }

    @Test func theEventsOwnMetadataGoesFirst() throws {
        var logger = logger()
        logger[metadataKey: "key"] = "general"
        logger.info("message", metadata: ["key": "special"])
        #expect(try JSONValue(parsing: #require(output.lines.first))["key"] == .string("special"))
    }

    @Test func concurrentLinesStayWhole() async throws {
        let logger = logger()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 { group.addTask { for index in 0..<100 { logger.info("m", metadata: ["n": "\(task)-\(index)"]) } } }
        }
        let names = try output.lines.map { try JSONValue(parsing: $0)["n"]?.string }
        #expect(Set(names).count == 800)
    }
}
