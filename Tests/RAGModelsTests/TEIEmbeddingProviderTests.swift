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

@Suite("Text Embeddings Inference", .serialized, .enabled(if: LLMStub.isAvailable), .timeLimit(.minutes(2)))
struct TEIEmbeddingProviderTests {
    private static let fixture = "model_stub.py"

    private func connect(
        _ stub: LLMStub,
        _ script: String,
        settings: EmbeddingServerSettings = EmbeddingServerSettings(model: "ignored")
    ) async throws -> TEIEmbeddingProvider {
        try await .connect(to: stub.server(script), settings: settings, deadline: .after(.seconds(20)))
    }

    private func failure(_ body: () async throws -> some Any) async -> RAGError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return RAGError.wrapping(error)
        }
    }

    @Test func keepsThePromisesOfEmbedders() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            try await EmbeddingProviderConformance(try await connect(stub, "ok")).runAll()
        }
    }

    @Test func theServerSaysWhatItsModelIs() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "ok", settings: EmbeddingServerSettings(model: "ignored", queryPrefix: "query: "))
            let space = EmbeddingSpace(
                model: "test/model",
                fingerprint: "c0ffee",
                dimension: 4,
                pooling: "mean",
                queryPrefix: "query: ",
                precision: "float16",
                maximumTokens: 384
            )
            #expect(provider.space == space)
            #expect(provider.hasExactTokens)
            let bounded = try await connect(stub, "ok", settings: EmbeddingServerSettings(model: "", maximumTokens: 128))
            #expect(bounded.space.maximumTokens == 128)
            #expect(try await connect(stub, "no-sha").space.fingerprint == "as-named")
        }
    }

    @Test func everyTextGetsItsOwnVectorWithinTheServersBatchSize() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "ok")
            let texts = (0..<8).map { "text \($0)" }
            let matrix = try await provider.embed(texts, as: .passage, deadline: .after(.seconds(20)))
            OpenAIEmbeddingProviderTests.expectVectors(matrix, of: texts)
            #expect(try await stub.lastBody("ok")["truncate"] == .bool(false))
            let sizes = try await stub.state()["sizes"]?["ok"]?.array?.compactMap(\.integer)
            #expect(sizes?.suffix(3) == [3, 3, 2])
        }
    }

    @Test func aServerThatIsSomethingElseIsRefused() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let reranker = await failure { try await connect(stub, "only-reranks") }
            #expect(reranker?.code == .invalidConfiguration)
            #expect(reranker?.field == "EMBEDDING_URL")
            let elsewhere = await failure { try await connect(stub, "no-info") }
            #expect(elsewhere?.message.contains("EMBEDDING_URL") == true)
        }
    }

    @Test(arguments: ["short", "nan", "html", "cut", "hangup", "too-long"])
    func anAnswerThatIsNotWhatItShouldBeIsUnavailable(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            // The probe's tokens are asked for second.
            let server = try stub.server(script)
            let error = await failure {
                let provider = try await TEIEmbeddingProvider.connect(
                    to: server,
                    settings: EmbeddingServerSettings(model: ""),
                    deadline: .after(.seconds(20))
                )
                return try await provider.embed(["one", "two"], as: .passage, deadline: .after(.seconds(20)))
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test(arguments: ["ok", "characters"])
    func tokensLieWhereTheServerSaysInBytesOfTheText(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, script)
            #expect(provider.hasExactTokens)
            let text = "Ein naïver Text, 中文 und 🦆!"
            let long = String(repeating: "wörter ohne ende ", count: 4_000)
            let spans = try await provider.tokenSpans(of: [text, "", long, "x", "y"], deadline: .after(.seconds(20)))
            let bytes = Array(text.utf8)
            let pieces = zip(spans[0].starts, spans[0].ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
            #expect(pieces == ["Ein", "naïver", "Text", ",", "中文", "und", "🦆", "!"])
            #expect(spans[1].count == 0)
            #expect(spans[2].count == 12_000)
            #expect(spans[2].ends.last == long.utf8.count - 1)
            #expect(zip(spans[2].starts, spans[2].starts.dropFirst()).allSatisfy { $0 < $1 })
            #expect(spans[3...].map(\.count) == [1, 1])
            #expect(try await stub.lastBody(script)["add_special_tokens"] == .bool(false))
        }
    }

    @Test(arguments: ["no-tokenize", "prompted"])
    func withoutAUsableTokenizerTokensAreEstimated(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, script)
            #expect(!provider.hasExactTokens)
            let spans = try await provider.tokenSpans(of: ["government"], deadline: .after(.seconds(5)))
            #expect(spans == [TokenEstimate.spans(of: "government")])
        }
    }

    @Test func positionsOutsideTheTextAreRefused() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "lying-tokens")
            let error = await failure { try await provider.tokenSpans(of: ["short"], deadline: .after(.seconds(5))) }
            #expect(error?.code == .unavailable)
        }
    }
}
