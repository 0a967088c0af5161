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

@Suite struct OperationRouteTests {
    @Test func readinessFollowsTheStoreAndDraining() async throws {
        let fixture = try Fixture()
        try await fixture.application.test(.router) { client in
            #expect(try await client.send(.get, "/health/ready").status == 200)
            fixture.health.report("store", .down, detail: "gone")
            let down = try await client.send(.get, "/health/ready")
            #expect(down.status == 503)
            #expect(try down.json["status"] == .string("not_ready"))
            #expect(try await client.send(.get, "/health").json["status"] == .string("down"))
            fixture.health.report("store", .ok)
            fixture.health.beginDraining()
            #expect(try await client.send(.get, "/health/ready").json["status"] == .string("draining"))
            #expect(try await client.send(.get, "/health/live").status == 200)
        }
    }

    @Test func healthIsBroughtUpToDateBeforeItIsTold() async throws {
        for path in ["/health", "/health/ready"] {
            var fixture = try Fixture()
            let health = fixture.health
            fixture.refreshHealth = { health.report("store", .down, detail: "gone") }
            try await fixture.application.test(.router) { client in
                let reply = try await client.send(.get, path)
                #expect(try reply.json["status"] == .string(path == "/health" ? "down" : "not_ready"))
            }
        }
    }

    @Test func healthNamesEveryDependencyAndSinceWhen() async throws {
        let fixture = try Fixture()
        fixture.health.report("llm", .degraded, detail: "breaker open")
        try await fixture.application.test(.router) { client in
            let json = try await client.send(.get, "/health").json
            #expect(json["status"] == .string("degraded"))
            #expect(json["version"] == .string("dev"))
            #expect(json["uptime_seconds"]?.number != nil)
            #expect(
                json["dependencies"]?.array?.first
                    == .object([
                        "name": .string("llm"), "status": .string("degraded"), "since": .string("2023-11-14T22:13:20.000Z"),
                        "detail": .string("breaker open"),
                    ])
            )
        }
    }

    @Test func strangersSeeOnlyTheStatus() async throws {
        try await Fixture(keys: Fixture.keys).application.test(.router) { client in
            let stranger = try await client.send(.get, "/health").json
            #expect(stranger.object?.keys.sorted() == ["request_id", "status"])
            let known = try await client.send(.get, "/health", key: "acme-read-key-0001").json
            #expect(known["dependencies"] != nil)
        }
    }

    @Test func metricsArePrometheusText() async throws {
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.get, "/metrics")
            #expect(reply.text == "rag_documents 1\n")
            #expect(reply.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test(arguments: [("abc-1.2_3:4", true), ("", false), ("a b", false), ("é", false), (String(repeating: "x", count: 129), false)])
    func aSafeRequestIDIsTakenOverAndAnyOtherReplaced(_ offered: String, _ isTaken: Bool) async throws {
        let name = try #require(HTTPFields.Element.Name("X-Request-ID"))
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.get, "/health/live", headers: [name: offered])
            let id = try #require(reply.headers[name])
            #expect((id == offered) == isTaken)
            #expect(isTaken || id.utf8.count == 32)
            #expect(try reply.json["request_id"] == .string(id))
        }
    }
}
