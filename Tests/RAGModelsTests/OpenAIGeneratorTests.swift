// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGModels
import RAGTransport
import Synchronization
import Testing

@Suite("OpenAI-compatible generation", .serialized, .enabled(if: LLMStub.isAvailable), .timeLimit(.minutes(2)))
struct OpenAIGeneratorTests {
    /// What a generator sent before it returned or threw.
    struct Outcome {
        var text = ""
        var end: GenerationEvent?
        var error: RAGError?
        var duration: Duration = .zero
    }

    private func run(_ generator: OpenAIGenerator, deadline: Duration = .seconds(20)) async -> Outcome {
        let outcome = Mutex(Outcome())
        let start = ContinuousClock.now
        do {
            let prompt = Prompt(system: "rules", user: "passages, then \"the question\"")
            try await generator.generate(prompt, options: GenerationOptions(deadline: .after(deadline))) { event in
                outcome.withLock { outcome in
                    if case .text(let text) = event { outcome.text += text } else { outcome.end = event }
                }
            }
        } catch {
            outcome.withLock { $0.error = RAGError.wrapping(error) }
        }
        var result = outcome.withLock { $0 }
        result.duration = start.duration(to: .now)
        return result
    }

    @Test func aWholeStreamGivesItsTextItsReasonAndItsUsage() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("ok"))
            #expect(outcome.error == nil)
            #expect(outcome.text == "Hello world")
            #expect(outcome.end == .finished(reason: "stop", promptTokens: 7, completionTokens: 2))
        }
    }

    @Test func theRequestIsStreamedAndCarriesTheKeyOnlyIfThereIsOne() async throws {
        try await LLMStub.with { stub in
            _ = await run(try stub.generator("ok", key: "sk-1"))
            var last = try #require(try await stub.state()["last"]?["ok"])
            #expect(last["headers"]?["Authorization"]?.string == "Bearer sk-1")
            let body = try JSONValue(parsing: Array(try #require(last["body"]?.string).utf8))
            #expect(body["stream"] == .bool(true))
            #expect(body["model"] == .string("test-model"))
            #expect(body["messages"]?.array?.count == 2)
            #expect(body["messages"]?.array?.last?["content"] == .string("passages, then \"the question\""))
            _ = await run(try stub.generator("ok"))
            last = try #require(try await stub.state()["last"]?["ok"])
            #expect(last["headers"]?["Authorization"] == nil)
        }
    }

    @Test func aServerThatIsBusyOnceIsAskedAgainWhenItSaid() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("busy-once"))
            #expect(outcome.text == "Hello world")
            #expect(outcome.duration >= .milliseconds(200))
            #expect(try await stub.requests("busy-once") == 2)
        }
    }

    @Test func aRetryAfterBeyondTheDeadlineIsPassedOnAtOnce() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("busy"), deadline: .seconds(5))
            #expect(outcome.error?.code == .unavailable)
            #expect(outcome.error?.retryAfter == .seconds(30))
            #expect(outcome.duration < .seconds(3))
            #expect(try await stub.requests("busy") == 1)
        }
    }

    @Test func aServerErrorIsRetriedAndHeals() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("broken-once"))
            #expect(outcome.text == "Hello world")
        }
    }

    @Test func aLastingServerErrorIsTriedThreeTimes() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("broken"))
            #expect(outcome.error?.code == .unavailable)
            #expect((outcome.error?.cause as? UpstreamStatus)?.status == 503)
            #expect(try await stub.requests("broken") == 3)
        }
    }

    @Test(arguments: [("forbidden", 401), ("redirect", 302)])
    func aRefusalIsNotRetriedAndARedirectNotFollowed(script: String, status: Int) async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator(script))
            #expect((outcome.error?.cause as? UpstreamStatus)?.status == status)
            #expect(outcome.error?.message.contains("bad key") == false)
            #expect(try await stub.requests(script) == 1)
            #expect(try await stub.requests("ok") == 0)
        }
    }

    @Test func aModelThatWantsOtherParametersIsAskedAgainOnceForEachAndThenAtOnce() async throws {
        try await LLMStub.with { stub in
            let generator = try stub.generator("new-model")
            let first = await run(generator)
            #expect(first.text == "Hello world")
            #expect(try await stub.requests("new-model") == 3)
            let body = try await stub.lastBody("new-model")
            #expect(body["max_completion_tokens"]?.integer != nil)
            #expect(body["max_tokens"] == nil)
            #expect(body["temperature"] == nil)
            _ = await run(generator)
            #expect(try await stub.requests("new-model") == 4)
        }
    }

    @Test func aModelThatRefusesWhateverItIsAskedIsNotAskedForEver() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("stubborn"))
            #expect((outcome.error?.cause as? UpstreamStatus)?.status == 400)
            #expect(try await stub.requests("stubborn") == 2)
        }
    }

    @Test func aHangUpBeforeTheHeadIsTriedThreeTimes() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("hangup"))
            #expect(outcome.error?.code == .unavailable)
            #expect(try await stub.requests("hangup") == 3)
        }
    }

    @Test(arguments: ["cut", "no-done", "error-inside"])
    func aStreamThatBreaksOffIsAnErrorAndNeverRetried(script: String) async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator(script))
            #expect(!outcome.text.isEmpty)
            #expect(outcome.end == nil)
            #expect(outcome.error?.code == .unavailable)
            #expect(try await stub.requests(script) == 1)
        }
    }

    @Test(arguments: ["garbage", "array", "html"])
    func whatIsNotACompletionIsAnError(script: String) async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator(script))
            #expect(outcome.text.isEmpty)
            #expect(outcome.error?.code == .unavailable)
        }
    }

    @Test func aFinishReasonWithoutDoneIsEnough() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("only-reason"))
            #expect(outcome.text == "Whole")
            #expect(outcome.end == .finished(reason: "length", promptTokens: nil, completionTokens: nil))
        }
    }

    @Test(arguments: [("split", "naïve 🦆 中文"), ("crlf", "ab")])
    func textSurvivesAnyCutOfTheBytes(script: String, text: String) async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator(script))
            #expect(outcome.error == nil)
            #expect(outcome.text == text)
        }
    }

    @Test func anEventOfTenMegabytesIsRefusedAfterOne() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("huge"))
            #expect(outcome.error?.code == .unavailable)
            #expect(outcome.error?.message.contains("1048576") == true)
        }
    }

    @Test(arguments: ["slow-head", "heartbeats"])
    func aFirstTokenThatIsLateIsAnError(script: String) async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator(script, first: .milliseconds(400)))
            #expect(outcome.error?.code == .unavailable)
            #expect(outcome.text.isEmpty)
            #expect(outcome.duration < .seconds(2))
        }
    }

    @Test func aPauseInTheMiddleIsAnErrorAndTheServerIsLetGo() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("stall", next: .milliseconds(300)))
            #expect(outcome.text == "First")
            #expect(outcome.error?.code == .unavailable)
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await stub.state()["disconnects"]?["stall"]?.integer == 1)
        }
    }

    @Test func theDeadlineBoundsTheWholeBody() async throws {
        try await LLMStub.with { stub in
            let outcome = await run(try stub.generator("trickle"), deadline: .seconds(2))
            #expect(outcome.error?.code == .deadlineExceeded)
            #expect(outcome.text.hasPrefix("t0 t1 "))
            #expect(outcome.duration < .seconds(4))
        }
    }

    @Test func cancellingDisconnectsUpstreamWithinASecond() async throws {
        try await LLMStub.with { stub in
            let generator = try stub.generator("trickle")
            let task = Task { await run(generator) }
            try await Task.sleep(for: .milliseconds(400))
            let cancelled = ContinuousClock.now
            task.cancel()
            let outcome = await task.value
            #expect(outcome.error?.code == .cancelled)
            #expect(cancelled.duration(to: .now) < .milliseconds(500))
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await stub.state()["disconnects"]?["trickle"]?.integer == 1)
        }
    }

    @Test func aConsumerThatThrowsEndsTheRequestWithItsOwnError() async throws {
        struct Gone: Error {}
        try await LLMStub.with { stub in
            let generator = try stub.generator("trickle")
            await #expect(throws: Gone.self) {
                try await generator.generate(
                    Prompt(system: "", user: ""),
                    options: GenerationOptions(deadline: .after(.seconds(10)))
                ) { _ in throw Gone() }
            }
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await stub.state()["disconnects"]?["trickle"]?.integer == 1)
        }
    }

    @Test func aServerThatIsNotThereFailsAtOnceAndOpensTheBreaker() async throws {
        try await LLMStub.with { stub in
            var retries = RetryPolicy()
            retries.base = .milliseconds(5)
            // Port 1 is reserved and nobody listens on it.
            let base = try UpstreamURL("http://127.0.0.1:1/v1", setting: "OPENAI_BASE_URL")
            let upstream = Upstream(name: "llm", base: base, retries: retries)
            let generator = OpenAIGenerator(upstream: upstream, settings: OpenAISettings(model: "m"), transport: stub.transport)
            let first = await run(generator)
            #expect(first.error?.code == .unavailable)
            #expect(first.duration < .seconds(2))
            _ = await run(generator)
            let refused = await run(generator)
            #expect(refused.error?.code == .unavailable)
            #expect(try #require(refused.error?.retryAfter) > .seconds(3))
        }
    }
}
