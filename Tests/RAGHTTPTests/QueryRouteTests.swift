// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import NIOCore
import RAGCore
import RAGHTTP
import RAGPipeline
import Synchronization
import Testing

/// Keeps the last value that something was called with.
final class Recorder<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    var value: Value? { state.withLock { $0 } }
    func record(_ value: Value) { state.withLock { $0 = value } }
}

@Suite struct QueryRouteTests {
    @Test func theReplyHasTheFieldsOfTheContract() async throws {
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.post, "/query", json: "{\"query\":\"what is MUST?\"}")
            #expect(reply.status == 200)
            let json = try reply.json
            #expect(json["answer"] == .string("It is required [1]."))
            #expect(json["citations"]?.array?.first?["document_id"] == .string("rfc/2119"))
            #expect(json["citations"]?.array?.first?["start"] == .integer(120))
            let passage = try #require(json["passages"]?.array?.first)
            #expect(passage["score"] == .number(0.83))
            #expect(
                passage["scores"]
                    == .object(["dense": .number(0.71), "lexical": .number(9.2), "fused": .number(0.83), "rerank": .null])
            )
            #expect(passage["metadata"] == .object(["lang": .string("en"), "year": .integer(1997)]))
            #expect(json["timings_ms"]?["embed"] == .number(1.9))
            #expect(json["timings_ms"]?["generate"] == .integer(0))
            #expect(json["timings_ms"]?["check"] == .number(0.1))
            #expect(json["timings_ms"]?["total"]?.number != nil)
            #expect(json["cache"] == .object(["embedding": .string("l1"), "result": .string("off")]))
            #expect(json["degraded"] == .array([]))
            #expect(json["model"] == .string("extractive"))
            #expect(reply.header("X-Content-Type-Options") == "nosniff")
            #expect(reply.header("X-Degraded") == nil)
        }
    }

    private func decoded(_ body: String) async throws -> AnswerRequest {
        let seen = Recorder<AnswerRequest>()
        var fixture = try Fixture()
        fixture.answering = ScriptedAnswering { request, _, _ in
            seen.record(request)
            return try Sample.reply()
        }
        try await fixture.application.test(.router) { client in
            let reply = try await client.send(.post, "/query", json: body)
            #expect(reply.status == 200)
        }
        return try #require(seen.value)
    }

    @Test func everyFieldReachesThePipeline() async throws {
        let request = try await decoded(
            """
            {"query":"q","top_k":7,"mode":"dense","filter":{"lang":"en"},"rerank":true,"generate":false,
             "stream":null,"deadline_ms":5000,"group":"chunk"}
            """
        )
        #expect(request.query == "q")
        #expect(request.topK == 7)
        #expect(request.mode == .dense)
        #expect(request.filter == .equals(field: "lang", .string("en")))
        #expect(request.rerank == true)
        #expect(!request.generate)
        #expect(!request.groupByDocument)
        #expect(request.deadline.remaining <= .seconds(5))
    }

    @Test func whatIsAbsentOrNullHasItsDefault() async throws {
        let request = try await decoded("{\"query\":\"q\",\"top_k\":null,\"filter\":{},\"group\":null}")
        #expect(request.topK == 5)
        #expect(request.mode == .hybrid)
        #expect(request.filter == nil)
        #expect(request.generate)
        #expect(request.groupByDocument)
        #expect(request.deadline.remaining > .seconds(25))
        #expect(request.deadline.remaining <= .seconds(30))
    }

    @Test func theFilterLanguageMeansWhatItSays() async throws {
        let request = try await decoded(
            """
            {"query":"q","filter":{"lang":{"in":["en","de"]},"year":{"gte":1990,"lt":2000},"draft":{"ne":true},
             "or":[{"a":1},{"not":{"b":{"exists":true}}}],"and":[{"c":{"exists":false}}]}}
            """
        )
        let year = FilterBounds(greaterOrEqual: .number(1_990), lessThan: .number(2_000))
        #expect(
            request.filter
                == .all([
                    .all([.not(.exists(field: "c"))]),
                    .not(.equals(field: "draft", .boolean(true))),
                    .anyOf(field: "lang", [.string("en"), .string("de")]),
                    .any([.equals(field: "a", .number(1)), .not(.exists(field: "b"))]),
                    .range(field: "year", year),
                ])
        )
    }

    @Test(arguments: [("", nil), (",\"rerank\":null", nil), (",\"rerank\":true", true), (",\"rerank\":false", false)] as [(String, Bool?)])
    func whetherToRerankMayBeLeftToTheServer(field: String, wish: Bool?) async throws {
        #expect(try await decoded("{\"query\":\"q\"\(field)}").rerank == wish)
    }

    @Test func whatIsDegradedStandsInAHeaderToo() async throws {
        var fixture = try Fixture()
        fixture.answering = ScriptedAnswering { _, _, _ in
            var reply = try Sample.reply()
            reply.degraded = ["rerank_partial", "llm"]
            return reply
        }
        try await fixture.application.test(.router) { client in
            let reply = try await client.send(.post, "/query", json: "{\"query\":\"q\",\"rerank\":true}")
            #expect(try reply.json["degraded"] == .array([.string("rerank_partial"), .string("llm")]))
            #expect(reply.header("X-Degraded") == "rerank_partial,llm")
        }
    }

    @Test(arguments: [
        (RAGError(.overloaded, "busy", retryAfter: .milliseconds(1_500)), 503, "2"),
        (RAGError(.rateLimited, "slow down"), 429, "1"), (RAGError(.unavailable, "down"), 503, "5"),
        (RAGError(.deadlineExceeded, "late"), 504, nil), (RAGError(.insufficientStorage, "full"), 507, nil),
        (RAGError(.corrupt, "bad page"), 503, nil), (RAGError(.conflict, "lost"), 409, nil),
        (RAGError(.internal, "unexpected failure", cause: CancellationError()), 500, nil),
        (RAGError(RAGError.Code(rawValue: "new_code"), "new"), 500, nil),
    ])
    func anErrorHasItsStatusAndNeverItsCause(_ error: RAGError, _ status: Int, _ retryAfter: String?) async throws {
        var fixture = try Fixture()
        fixture.answering = ScriptedAnswering { _, _, _ in
            var error = error
            error.cause = Secret()
            throw error
        }
        try await fixture.application.test(.router) { client in
            let reply = try await client.send(.post, "/query", json: "{\"query\":\"q\"}")
            #expect(reply.status == status)
            #expect(reply.headers[.retryAfter] == retryAfter)
            #expect(try reply.json["code"] == .string(error.code.rawValue))
            #expect(!reply.text.contains("swordfish"))
        }
    }

    private struct Secret: Error, CustomStringConvertible { var description: String { "swordfish" } }
}
