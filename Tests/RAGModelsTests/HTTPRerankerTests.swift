// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGModels
import RAGTestKit
import RAGTransport
import Testing

@Suite("Reranking over HTTP", .serialized, .enabled(if: LLMStub.isAvailable), .timeLimit(.minutes(2)))
struct HTTPRerankerTests {
    private static let fixture = "model_stub.py"
    private static let query = "red fast boat"
    private static let passages = ["a red boat", "a house", "the fast red boat", "boat"]

    private func reranker(_ stub: LLMStub, _ script: String, _ dialect: RerankDialect = .tei, key: String? = nil) throws -> HTTPReranker {
        HTTPReranker(
            server: try stub.server(script, .reranking, key: key),
            dialect: dialect,
            model: dialect == .tei ? nil : "test-reranker"
        )
    }

    private func failure(_ reranker: HTTPReranker, deadline: Duration = .seconds(20)) async -> RAGError? {
        await OpenAIEmbeddingProviderTests.failure { () async throws(RAGError) in
            try await reranker.rerank(Self.query, passages: Self.passages, deadline: .after(deadline))
        }
    }

    @Test(arguments: RerankDialect.allCases)
    func scoresComeInTheOrderOfThePassages(dialect: RerankDialect) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let reranker = try reranker(stub, "ok", dialect)
            #expect(try await reranker.rerank(Self.query, passages: Self.passages, deadline: .after(.seconds(5))) == [2, 0, 3, 1])
            #expect(try await reranker.rerank(Self.query, passages: [], deadline: .after(.seconds(5))) == [])
            let body = try await stub.lastBody("ok")
            if dialect == .tei {
                #expect(reranker.model == "tei")
                #expect(body["truncate"] == .bool(true))
                #expect(body["raw_scores"] == .bool(true))
                #expect(body["model"] == nil)
            } else {
                #expect(body["model"] == .string("test-reranker"))
                #expect(body["top_n"] == .integer(4))
            }
        }
    }

    @Test(arguments: RerankDialect.allCases)
    func keepsThePromisesOfRerankers(dialect: RerankDialect) async throws {
        try await LLMStub.with(Self.fixture) { stub in try await RerankerConformance(try reranker(stub, "ok", dialect)).runAll() }
    }

    @Test func manyPassagesGoOutInRequestsThatGrow() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let passages = (0..<100).map { $0 == 97 ? "boat" : "house \($0)" }
            let scores = try await reranker(stub, "ok").rerank(Self.query, passages: passages, deadline: .after(.seconds(10)))
            #expect(scores == (0..<100).map { $0 == 97 ? 1 : 0 })
            #expect(try await stub.state()["sizes"]?["ok"]?.array?.compactMap(\.integer) == [8, 16, 32, 32, 12])
            _ = try await reranker(stub, "ok~one", .cohere).rerank(Self.query, passages: passages, deadline: .after(.seconds(10)))
            #expect(try await stub.state()["sizes"]?["ok~one"]?.array?.compactMap(\.integer) == [100])
        }
    }

    @Test func whatDoesNotFitTheDeadlineIsLeftUnjudged() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let passages = Array(repeating: "boat", count: 100)
            let start = ContinuousClock.now
            // 30 ms a passage: 8 and 16 fit, 32 more do not and are not begun.
            let scores = try await reranker(stub, "paced").rerank(Self.query, passages: passages, deadline: .after(.milliseconds(1_400)))
            #expect(start.duration(to: .now) < .milliseconds(1_400))
            #expect(scores.count == 100)
            #expect(scores.prefix(24).allSatisfy { $0 == 1 })
            #expect(scores.dropFirst(24).allSatisfy { $0 == nil })
            #expect(try await stub.requests("paced") == 2)
        }
    }

    @Test func aSecondRequestThatIsLateKeepsTheScoresOfTheFirst() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let passages = Array(repeating: "boat", count: 20)
            let scores = try await reranker(stub, "second-slow").rerank(
                Self.query,
                passages: passages,
                deadline: .after(.milliseconds(700))
            )
            #expect(scores == Array(repeating: 1, count: 8) + Array(repeating: nil, count: 12))
        }
    }

    @Test func aServerThatIsSlowFromTheStartExceedsTheDeadline() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let error = await failure(try reranker(stub, "slow"), deadline: .milliseconds(300))
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test(arguments: ["short", "duplicate", "outside", "nan", "infinite", "null-score", "html", "array", "cut", "hangup"])
    func anAnswerThatIsNotWhatItShouldBeIsUnavailable(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let error = await failure(try reranker(stub, script))
            #expect(error?.code == .unavailable)
        }
    }

    @Test(arguments: [("key", "RERANKER_API_KEY"), ("redirect", "RERANKER_URL"), ("too-long", "CHUNK_TOKENS")])
    func aRefusalNamesTheSettingAndIsNotRepeated(script: String, setting: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let error = await failure(try reranker(stub, script, key: "sk-secret-9"))
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(setting) == true)
            #expect(error.map { "\($0)" }?.contains("sk-secret") == false)
            #expect(try await stub.requests(script) == 1)
            #expect(try await stub.requests("ok") == 0)
        }
    }

    @Test(arguments: [("", "/v2/rerank"), ("/v1", "/v1/rerank"), ("/v1/rerank", "/v1/rerank"), ("/v1/rerank/", "/v1/rerank")])
    func theUrlMayNameTheHostTheVersionOrTheEndpoint(path: String, requested: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let base = try UpstreamURL("http://127.0.0.1:\(stub.port)\(path)", setting: "RERANKER_URL")
            let server = ModelServer(upstream: Upstream(name: "the reranker", base: base), transport: stub.transport, role: .reranking)
            let reranker = HTTPReranker(server: server, dialect: .cohere, model: "m")
            #expect(try await reranker.rerank("boat", passages: ["boat"], deadline: .after(.seconds(5))) == [1])
            let script = try #require(requested.split(separator: "/").first.map(String.init))
            #expect(try await stub.state()["last"]?[script]?["path"]?.string == requested)
        }
    }
}
