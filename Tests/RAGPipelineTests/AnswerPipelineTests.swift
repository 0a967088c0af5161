// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Answering") struct AnswerPipelineTests {
    private let question = "How often must clients retry a failed request?"

    @Test func retrievalAloneGivesRankedPassagesAndNoAnswer() async throws {
        let bench = try await AnswerBench()
        let reply = try await bench.pipeline().answer(bench.request(question, generate: false), in: AnswerBench.scope)
        #expect(reply.answer == nil)
        #expect(reply.reason == nil)
        #expect(reply.model == nil)
        #expect(reply.passages.map(\.rank) == Array(1...reply.passages.count))
        #expect(reply.passages.first?.source.chunk.document.rawValue == "retries")
        #expect(reply.passages.allSatisfy { $0.scores.dense != nil && $0.scores.lexical != nil && (0...1).contains($0.scores.fused) })
        #expect(reply.timings.stages.map(\.name) == ["embed", "retrieve", "rerank", "generate"])
        #expect(reply.embeddingCache == .miss)
        #expect(reply.degraded.isEmpty)
    }

    @Test func aQuestionLongerThanTheModelTakesIsCutForItsVectorAlone() async throws {
        let bench = try await AnswerBench()
        let long = Array(repeating: question, count: 60).joined(separator: " ")
        for mode in [SearchMode.hybrid, .dense] {
            let reply = try await bench.pipeline().answer(bench.request(long, mode: mode, generate: false), in: AnswerBench.scope)
            #expect(reply.degraded == ["query_cut"])
            #expect(reply.embeddingCache == .miss)
            #expect(reply.passages.first?.source.chunk.document.rawValue == "retries")
        }
    }

    @Test func aClaimLongerThanTheModelTakesIsComparedByItsBeginning() async throws {
        let bench = try await AnswerBench()
        let claim = Array(repeating: "clients must retry a failed request at most 5 times", count: 40).joined(separator: " and ")
        let reply = try await bench.pipeline(ScriptedGenerator(pieces: [claim + " [1]."]))
            .answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.degraded.isEmpty)
        #expect(reply.citations.count == 1)
    }

    @Test(arguments: ["[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9]", "[0-99999]", "[-1]", "[99999999999999999999]", "【9】"])
    func whatLooksLikeAMarkerIsNeverSentUnchecked(marker: String) async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator(pieces: ["Whales sing in the deep Atlantic ocean at night \(marker)."])
        let reply = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.answer == "Whales sing in the deep Atlantic ocean at night.")
        #expect(reply.degraded == ["citations_removed", "uncited"])
    }

    @Test func topKBoundsThePassages() async throws {
        let bench = try await AnswerBench()
        let reply = try await bench.pipeline().answer(bench.request(question, topK: 1, generate: false), in: AnswerBench.scope)
        #expect(reply.passages.count == 1)
    }

    @Test func anotherTenantFindsNothing() async throws {
        let bench = try await AnswerBench()
        let reply = try await bench.pipeline().answer(bench.request(question), in: TenantScope(authenticated: "other"))
        #expect(reply.passages.isEmpty)
        #expect(reply.answer == nil)
        #expect(reply.reason == "nothing_relevant")
    }

    @Test func aHybridQueryGoesOnWithoutAVectorAndSaysSo() async throws {
        let embedder = SteeredQueryEmbedder(queryFailure: RAGError(.deadlineExceeded, "late"))
        let bench = try await AnswerBench(embedder: embedder)
        let reply = try await bench.pipeline().answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.degraded == ["vector"])
        #expect(reply.passages.first?.source.chunk.document.rawValue == "retries")
        #expect(reply.answer?.contains("at most 5 times") == true)
        #expect(reply.embeddingCache == nil)
    }

    @Test func aDenseQueryWithoutAVectorIsAnError() async throws {
        let embedder = SteeredQueryEmbedder(queryFailure: RAGError(.unavailable, "down"))
        let bench = try await AnswerBench(embedder: embedder)
        let error = await #expect(throws: RAGError.self) {
            try await bench.pipeline().answer(bench.request(question, mode: .dense), in: AnswerBench.scope)
        }
        #expect(error?.code == .unavailable)
    }

    @Test func aLexicalQueryNeedsNoVector() async throws {
        let embedder = SteeredQueryEmbedder(queryFailure: RAGError(.internal, "must not be called"))
        let bench = try await AnswerBench(embedder: embedder)
        let reply = try await bench.pipeline().answer(bench.request(question, mode: .lexical), in: AnswerBench.scope)
        #expect(reply.degraded.isEmpty)
        #expect(reply.passages.first?.scores.dense == nil)
        #expect(reply.answer != nil)
    }

    @Test func aDeadlineThatHasPassedIsAnErrorInEveryMode() async throws {
        let bench = try await AnswerBench()
        for mode in SearchMode.allCases {
            var request = bench.request(question, mode: mode)
            request.deadline = .after(.zero)
            let error = await #expect(throws: RAGError.self) {
                try await bench.pipeline().answer(request, in: AnswerBench.scope)
            }
            #expect(error?.code == .deadlineExceeded)
        }
    }

    @Test func anIrrelevantQuestionHasPassagesAndNoAnswer() async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator(pieces: ["must not be asked"])
        let reply = try await bench.pipeline(generator)
            .answer(bench.request("zebra gallops quickly across savannah"), in: AnswerBench.scope)
        #expect(reply.answer == nil)
        #expect(reply.reason == "nothing_relevant")
        #expect(!reply.passages.isEmpty)
        #expect(generator.prompts.isEmpty)
    }

    @Test func theStreamAndTheReplyAreTheSame() async throws {
        let bench = try await AnswerBench()
        let pieces = ["Clients retry at mo", "st 5 times [", "1]. The delay doubles after each", " attempt [1", ", 2]."]
        for generator in [ScriptedGenerator(pieces: pieces), nil] {
            let log = EventLog()
            let streamed = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope) { log.append($0) }
            let whole = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
            #expect(streamed.answer == whole.answer)
            #expect(streamed.citations == whole.citations)
            #expect(log.text == whole.answer)
            #expect(log.citations == whole.citations)
            #expect(log.shape.hasPrefix("pt"))
            #expect(!whole.citations.isEmpty)
        }
    }

    @Test func aGeneratedAnswerKeepsRightMarkersAndLosesWrongOnes() async throws {
        let bench = try await AnswerBench()
        let answer = "Clients must retry a failed request at most 5 times [1]. Whales sing in the deep Atlantic ocean at night [1]."
        let reply = try await bench.pipeline(ScriptedGenerator(pieces: [answer])).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.answer == "Clients must retry a failed request at most 5 times [1]. Whales sing in the deep Atlantic ocean at night.")
        #expect(reply.citations.map(\.quote) == ["Clients must retry a failed request at most 5 times."])
        #expect(reply.citations.first?.title == "The retries page")
        #expect(reply.citations.first?.location == "§ Guide > retries")
        #expect(reply.degraded == ["citations_removed"])
        #expect(reply.model == "scripted")
        #expect(try await bench.everyQuoteStands(reply.citations))
    }

    @Test func aChangedNumberAndAChangedNegationAreNamed() async throws {
        let bench = try await AnswerBench()
        let number = ScriptedGenerator(pieces: ["Clients must retry a failed request at most 7 times [1]."])
        var reply = try await bench.pipeline(number).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.citations.isEmpty)
        #expect(reply.degraded.contains("claim_number_mismatch"))
        let negation = ScriptedGenerator(pieces: ["A request that was refused with status 400 must be sent again [1]."])
        reply = try await bench.pipeline(negation).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.degraded == ["claim_negation_mismatch"])
        #expect(reply.citations.map(\.verified) == [false])
    }

    @Test func aPassageThatDoesNotExistIsNoCitation() async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator(pieces: ["Clients must retry a failed request at most 5 times [9]."])
        let reply = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.answer == "Clients must retry a failed request at most 5 times.")
        #expect(reply.degraded == ["citations_removed", "uncited"])
    }

    @Test func aModelThatFailsBeforeItsFirstTextLeavesAnExtractiveAnswer() async throws {
        let bench = try await AnswerBench()
        for steps in [[ScriptedGenerator.Step.fail(RAGError(.unavailable, "down"))], [.finish(reason: "stop")]] {
            let log = EventLog()
            let reply = try await bench.pipeline(ScriptedGenerator { _ in steps })
                .answer(bench.request(question), in: AnswerBench.scope) { log.append($0) }
            #expect(reply.degraded == ["llm"])
            #expect(reply.model == "extractive")
            #expect(reply.answer?.contains("at most 5 times. [1]") == true)
            #expect(log.text == reply.answer)
        }
    }

    @Test func aModelThatBreaksOffLaterEndsTheRequestWithWhatItSaid() async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator { _ in
            [.text("Clients must retry a failed request at most 5 times [1]. Then"), .fail(RAGError(.unavailable, "cut"))]
        }
        let error = await #expect(throws: RAGError.self) {
            try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
        }
        #expect(error?.code == .unavailable)
        let partial = try #require(error?.cause as? PartialAnswer)
        #expect(partial.text == "Clients must retry a failed request at most 5 times [1]. Then")
        #expect(partial.citations.count == 1)
    }

    @Test func aReaderWhoGoesAwayEndsTheRequest() async throws {
        struct Gone: Error {}
        let bench = try await AnswerBench()
        for generator in [ScriptedGenerator(pieces: ["Some text."]), nil] {
            let error = await #expect(throws: RAGError.self) {
                try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope) { event in
                    if case .token = event { throw Gone() }
                }
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func theCheckGoesOnWithWordsAloneWhenSentencesCannotBeEmbedded() async throws {
        let bench = try await AnswerBench(embedder: SteeredQueryEmbedder(passageFailure: RAGError(.unavailable, "down")))
        let generator = ScriptedGenerator(pieces: ["Clients must retry a failed request at most 5 times [1]."])
        let reply = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.citations.count == 1)
        #expect(reply.degraded == ["vector"])
    }

    @Test func aReasonOfLengthSaysThatTheAnswerIsCut() async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator { _ in [.text("Clients must"), .finish(reason: "length")] }
        let reply = try await bench.pipeline(generator).answer(bench.request(question), in: AnswerBench.scope)
        #expect(reply.degraded == ["uncited", "answer_cut"])
    }
}
