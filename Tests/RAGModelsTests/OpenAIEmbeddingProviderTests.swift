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

@Suite("OpenAI-compatible embeddings", .serialized, .enabled(if: LLMStub.isAvailable), .timeLimit(.minutes(2)))
struct OpenAIEmbeddingProviderTests {
    private static let fixture = "model_stub.py"

    private func connect(
        _ stub: LLMStub,
        _ script: String,
        key: String? = nil,
        settings: EmbeddingServerSettings = EmbeddingServerSettings(model: "test-model")
    ) async throws -> OpenAIEmbeddingProvider {
        try await .connect(to: stub.server(script, key: key), settings: settings, deadline: .after(.seconds(20)))
    }

    /// Why no provider could be made.
    private func refusal(_ stub: LLMStub, _ script: String, key: String? = nil) async -> RAGError? {
        do {
            _ = try await connect(stub, script, key: key)
            return nil
        } catch {
            return RAGError.wrapping(error)
        }
    }

    /// The vector that the stub gives a text, at length 1.
    static func expected(_ text: String) -> [Float] {
        let bytes = Array(text.utf8)
        let sum = bytes.reduce(0) { $0 + Int($1) }
        let raw: [Float] = [Float(bytes.count), Float(sum % 97), Float(bytes.first ?? 1), 3]
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }

    static func expectVectors(_ matrix: EmbeddingMatrix, of texts: [String]) {
        #expect(matrix.count == texts.count)
        #expect(matrix.dimension == 4)
        for (index, text) in texts.enumerated() where index < matrix.count {
            for (got, wanted) in zip(matrix[index], expected(text)) { #expect(abs(got - wanted) < 1e-6, "row \(index)") }
        }
    }

    static func failure(_ body: () async throws(RAGError) -> some Any) async -> RAGError? {
        do throws(RAGError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func keepsThePromisesOfEmbedders() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            try await EmbeddingProviderConformance(try await connect(stub, "ok")).runAll()
        }
    }

    @Test(arguments: ["ok", "shuffled", "no-index", "no-base64", "ignores-base64"])
    func everyTextGetsItsOwnVectorOfLengthOne(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, script)
            let texts = (0..<70).map { "text number \($0) naïve 中文" }
            Self.expectVectors(try await provider.embed(texts, as: .passage, deadline: .after(.seconds(20))), of: texts)
            #expect(try await provider.embed([], as: .query, deadline: .after(.seconds(5))).count == 0)
        }
    }

    @Test func theRequestSaysWhatIsNeededAndNoMore() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "ok", key: "sk-1")
            _ = try await provider.embed(["a \"b\""], as: .query, deadline: .after(.seconds(5)))
            let body = try await stub.lastBody("ok")
            #expect(
                body
                    == .object([
                        "model": .string("test-model"), "input": .array([.string("a \"b\"")]), "encoding_format": .string("base64"),
                    ])
            )
            let last = try await stub.state()["last"]?["ok"]
            #expect(last?["headers"]?["Authorization"]?.string == "Bearer sk-1")
            #expect(last?["path"]?.string == "/ok/embeddings")
            var settings = EmbeddingServerSettings(model: "m")
            settings.dimensions = 4
            _ = try await connect(stub, "ok~dimensions", settings: settings)
            #expect(try await stub.lastBody("ok~dimensions")["dimensions"] == .integer(4))
        }
    }

    @Test func prefixesAreAddedByRole() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let settings = EmbeddingServerSettings(model: "e5", queryPrefix: "query: ", passagePrefix: "passage: ")
            let provider = try await connect(stub, "ok", settings: settings)
            Self.expectVectors(try await provider.embed(["x"], as: .query, deadline: .after(.seconds(5))), of: ["query: x"])
            Self.expectVectors(try await provider.embed(["x"], as: .passage, deadline: .after(.seconds(5))), of: ["passage: x"])
        }
    }

    @Test func theSpaceSaysWhatIsKnown() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let small = try await connect(stub, "ok")
            #expect(small.space.model == "test-model")
            #expect(small.space.dimension == 4)
            #expect(small.space.maximumTokens == 512)
            let large = try await connect(stub, "ok", settings: EmbeddingServerSettings(model: "text-embedding-3-small"))
            #expect(large.space.maximumTokens == 8_191)
            let set = try await connect(stub, "ok", settings: EmbeddingServerSettings(model: "m", maximumTokens: 2_048))
            #expect(set.space.maximumTokens == 2_048)
        }
    }

    @Test func requestsAreBoundedByTextsAndByTokens() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let settings = EmbeddingServerSettings(model: "m", textsPerRequest: 3, tokensPerRequest: 10)
            let provider = try await connect(stub, "ok", settings: settings)
            let texts = ["a", "b", "c", "d", String(repeating: "long ", count: 20), "e", "f"]
            Self.expectVectors(try await provider.embed(texts, as: .passage, deadline: .after(.seconds(5))), of: texts)
            let sizes = try await stub.state()["sizes"]?["ok"]?.array?.compactMap(\.integer)
            #expect(sizes == [1, 3, 1, 1, 2])
        }
    }

    @Test func theEncodingThatTheServerKnowsIsRemembered() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "no-base64")
            #expect(try await stub.requests("no-base64") == 2)
            _ = try await provider.embed(["a"], as: .query, deadline: .after(.seconds(5)))
            #expect(try await stub.requests("no-base64") == 3)
        }
    }

    @Test(
        arguments: [
            "short", "duplicate", "outside", "nan", "infinite", "zero", "other-dimension", "ragged-base64", "not-a-vector", "html", "array",
            "cut", "hangup",
        ]
    )
    func anAnswerThatIsNotWhatItShouldBeIsUnavailable(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, script)
            let error = await Self.failure { () async throws(RAGError) in
                try await provider.embed(["one", "two"], as: .passage, deadline: .after(.seconds(20)))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("two") == false || script == "duplicate")
        }
    }

    @Test func aBusyServerIsAskedAgainWhenItSaid() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "busy-once")
            let start = ContinuousClock.now
            Self.expectVectors(try await provider.embed(["a"], as: .query, deadline: .after(.seconds(10))), of: ["a"])
            #expect(start.duration(to: .now) >= .milliseconds(200))
        }
    }

    @Test func aRetryAfterBeyondTheDeadlineIsPassedOn() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "overloaded")
            let error = await Self.failure { () async throws(RAGError) in
                try await provider.embed(["a"], as: .query, deadline: .after(.seconds(5)))
            }
            #expect(error?.retryAfter == .seconds(30))
            #expect(try await stub.requests("overloaded") == 2)
        }
    }

    @Test func aSlowServerEndsAtTheDeadline() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "slow")
            let start = ContinuousClock.now
            let error = await Self.failure { () async throws(RAGError) in
                try await provider.embed(["a"], as: .query, deadline: .after(.milliseconds(400)))
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(start.duration(to: .now) < .seconds(2))
        }
    }

    @Test func aWrongKeyNamesTheSettingAndIsNeverRepeated() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            _ = try await connect(stub, "key", key: "right")
            let error = await refusal(stub, "key", key: "sk-secret-1234")
            #expect(error?.message.contains("EMBEDDING_API_KEY") == true)
            #expect(error.map { "\($0)" }?.contains("sk-secret") == false)
            #expect(try await stub.requests("key") == 2)
        }
    }

    @Test(arguments: ["too-long", "context"])
    func aTextThatIsTooLongNamesTheSetting(script: String) async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, script)
            let error = await Self.failure { () async throws(RAGError) in
                try await provider.embed(["a"], as: .passage, deadline: .after(.seconds(5)))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("CHUNK_TOKENS") == true)
            #expect(try await stub.requests(script) == 2)
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let error = await refusal(stub, "redirect")
            #expect(error?.message.contains("EMBEDDING_URL") == true)
            let followed = try await stub.requests("ok")
            #expect(followed == 0)
        }
    }

    @Test func aQueryDoesNotWaitForDocuments() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "slow-batches")
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await provider.embed(["a", "b"], as: .passage, deadline: .after(.seconds(20))) }
                }
                try await Task.sleep(for: .milliseconds(300))
                let asked = ContinuousClock.now
                _ = try await provider.embed(["q"], as: .query, deadline: .after(.seconds(5)))
                #expect(asked.duration(to: .now) < .milliseconds(500))
                #expect(start.duration(to: .now) < .milliseconds(1_400))
                try await group.waitForAll()
            }
        }
    }

    @Test func cancellingEndsTheCall() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            let provider = try await connect(stub, "slow")
            let task = Task {
                await Self.failure { () async throws(RAGError) in
                    try await provider.embed(["a"], as: .query, deadline: .after(.seconds(20)))
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test func aProbeKeepsTheStoredFingerprintOfTheSameModelAndNoticesAnother() async throws {
        try await LLMStub.with(Self.fixture) { stub in
            func fingerprint(_ stored: String?) async throws -> String {
                var settings = EmbeddingServerSettings(model: "m")
                settings.fingerprint = .probe(stored: stored)
                return try await connect(stub, "ok", settings: settings).space.fingerprint
            }
            let first = try await fingerprint(nil)
            #expect(first.hasPrefix("probe:"))
            #expect(try await fingerprint(first) == first)
            // The same but for rounding.
            let digits = Array(first)
            let nudged = String(digits[..<7] + [digits[7] == "8" ? "7" : "8"] + digits[8...])
            #expect(nudged != first)
            #expect(try await fingerprint(nudged) == nudged)
            let other = "probe:" + String(repeating: "7f81", count: 16)
            #expect(try await fingerprint(other) == first)
            #expect(try await fingerprint("as-named") == first)
        }
    }
}
