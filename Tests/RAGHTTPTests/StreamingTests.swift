// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import RAGCore
import RAGHTTP
import RAGPipeline
import Testing

@Suite struct StreamingTests {
    private static let question = "{\"query\":\"q\",\"stream\":true}"

    private func withServer(
        _ fixture: Fixture,
        _ test: @escaping @Sendable (RawClient) async throws -> Void
    ) async throws {
        try await fixture.application.test(.live) { client in
            try await test(try RawClient(port: try #require(client.port)))
        }
    }

    /// Names and data of the events in a chunked reply.
    private static func events(_ text: String) -> [(name: String, data: String)] {
        text.split(whereSeparator: \.isNewline).reduce(into: []) { events, line in
            if line.hasPrefix("event: ") { events.append((String(line.dropFirst(7)), "")) }
            if line.hasPrefix("data: "), !events.isEmpty { events[events.count - 1].data = String(line.dropFirst(6)) }
        }
    }

    @Test func eventsComeInOrderAndEndWithTheWholeReply() async throws {
        var fixture = try Fixture()
        fixture.answering = ScriptedAnswering { _, _, send in
            try await send(.passages([Sample.passage()], RetrievalNotes()))
            try await send(.token("It is"))
            try await send(.token(" required [1]."))
            try await send(.citation(Sample.citation()))
            return try Sample.reply()
        }
        try await withServer(fixture) { client in
            try client.post("/query", json: Self.question)
            let text = try await client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.lowercased().contains("content-type: text/event-stream"))
            let events = Self.events(text)
            try #require(events.map(\.name) == ["passages", "token", "token", "citation", "done"])
            let done = try JSONValue(parsing: Array(events[4].data.utf8))
            #expect(done["answer"] == .string("It is required [1]."))
            #expect(done["citations"]?.array?.count == 1)
            #expect(try JSONValue(parsing: Array(events[0].data.utf8))["passages"]?.array?.count == 1)
            #expect(try JSONValue(parsing: Array(events[1].data.utf8))["text"] == .string("It is"))
        }
    }

    @Test func anEventIsSentWhenItHappensAndSilenceIsFilledWithComments() async throws {
        var fixture = try Fixture()
        fixture.settings.heartbeat = .milliseconds(50)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        fixture.answering = ScriptedAnswering { _, _, send in
            try await send(.token("first"))
            for await _ in gate { break }
            return try Sample.reply()
        }
        try await withServer(fixture) { client in
            try client.post("/query", json: Self.question)
            #expect(!(try await client.read(until: "first")).contains("event: done"))
            _ = try await client.read(until: ": heartbeat\n\n")
            open.yield()
            #expect(Self.events(try await client.readToEnd()).last?.name == "done")
        }
    }

    @Test func aFailureAfterTheHeadIsTheLastEvent() async throws {
        var fixture = try Fixture()
        fixture.answering = ScriptedAnswering { _, _, send in
            try await send(.token("half"))
            throw RAGError(.unavailable, "the model went away", cause: CancellationError())
        }
        try await withServer(fixture) { client in
            try client.post("/query", json: Self.question)
            let events = Self.events(try await client.readToEnd())
            try #require(events.map(\.name) == ["token", "error"])
            let problem = try JSONValue(parsing: Array(events[1].data.utf8))
            #expect(problem["code"] == .string("unavailable"))
            #expect(problem["status"] == .integer(503))
        }
    }

    @Test func aBadRequestIsAnOrdinaryProblem() async throws {
        try await withServer(Fixture()) { client in
            try client.post("/query", json: "{\"query\":\"\",\"stream\":true}")
            #expect(try await client.read(until: "invalid_field").hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func aClientThatGoesAwayEndsTheWorkWithinASecond() async throws {
        var fixture = try Fixture()
        let cancelledAfter = Recorder<ContinuousClock.Instant>()
        fixture.answering = ScriptedAnswering { _, _, send in
            try await send(.token("first"))
            do { try await Task.sleep(for: .seconds(30)) } catch { cancelledAfter.record(.now) }
            throw CancellationError()
        }
        try await withServer(fixture) { client in
            try client.post("/query", json: Self.question)
            _ = try await client.read(until: "first")
            let left = ContinuousClock.now
            client.disconnect()
            while cancelledAfter.value == nil, left.duration(to: .now) < .seconds(5) { try await Task.sleep(for: .milliseconds(20)) }
            let instant = try #require(cancelledAfter.value)
            #expect(left.duration(to: instant) < .seconds(1))
        }
    }
}

@Suite struct SlowAndLargeBodyTests {
    @Test func aBodyThatTricklesIsCutOff() async throws {
        var fixture = try Fixture()
        fixture.settings.bodies.grace = .milliseconds(200)
        try await fixture.application.test(.live) { client in
            let raw = try RawClient(port: try #require(client.port))
            try raw.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
            let reply = try await raw.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 408"))
            #expect(reply.contains("request_timeout"))
        }
    }

    @Test func aDeclaredSizeAboveTheLimitIsRefusedBeforeItIsRead() async throws {
        try await Fixture().application.test(.live) { client in
            let raw = try RawClient(port: try #require(client.port))
            try raw.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n\r\n{")
            let reply = try await raw.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 413"))
            #expect(reply.lowercased().contains("connection: close"))
        }
    }

    @Test func aChunkedBodyAboveTheLimitIsRefused() async throws {
        var fixture = try Fixture()
        fixture.settings.bodies.query = 1_000
        try await fixture.application.test(.live) { client in
            let raw = try RawClient(port: try #require(client.port))
            try raw.send("POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            try raw.send("7d0\r\n\(String(repeating: "x", count: 2_000))\r\n")
            #expect(try await raw.readToEnd().hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test func manyHeadersAreRefusedAndTheServerStillAnswers() async throws {
        try await Fixture().application.test(.live) { client in
            let raw = try RawClient(port: try #require(client.port))
            let headers = (0..<200).map { "X-H\($0): v\r\n" }.joined()
            try raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            #expect(try await !raw.readToEnd().hasPrefix("HTTP/1.1 200"))
            #expect(try await client.send(.get, "/health/live").status == 200)
        }
    }

    @Test func aConnectionIsKeptForTheNextRequest() async throws {
        try await Fixture().application.test(.live) { client in
            let raw = try RawClient(port: try #require(client.port))
            for id in ["one", "two", "three"] {
                try raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: \(id)\r\n\r\n")
                _ = try await raw.read(until: "\"request_id\":\"\(id)\"}")
            }
            try raw.post("/query", json: "{\"query\":\"q\"}")
            _ = try await raw.read(until: "It is required")
            try raw.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: last\r\n\r\n")
            _ = try await raw.read(until: "\"request_id\":\"last\"}")
        }
    }
}
