// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Reranking") struct RerankingTests {
    private let question = "How often must clients retry a failed request?"

    private func reply(
        _ bench: AnswerBench,
        _ reranker: (any Reranker)?,
        topK: Int = 3,
        rerank: Bool? = true,
        _ change: (inout AnswerRequest) -> Void = { _ in }
    ) async throws -> AnswerReply {
        let pipeline = AnswerPipeline(
            store: bench.store,
            embedder: bench.embedder,
            generator: nil,
            reranker: reranker,
            settings: bench.settings
        )
        var request = bench.request(question, topK: topK, generate: false)
        request.rerank = rerank
        change(&request)
        return try await pipeline.answer(request, in: AnswerBench.scope)
    }

    private func documents(_ reply: AnswerReply) -> [String] { reply.passages.map(\.source.chunk.document.rawValue) }

    /// Whether the order is the other reply's and nothing was judged. The last bits of a score depend on the order of a sum.
    private func isUntouched(_ reply: AnswerReply, like other: AnswerReply) -> Bool {
        let scores = zip(reply.passages, other.passages).map { abs($0.scores.fused - $1.scores.fused) }
        return documents(reply) == documents(other) && reply.passages.allSatisfy { $0.scores.rerank == nil }
            && scores.allSatisfy { $0 < 1e-5 }
    }

    /// Scores that turn the fused order around.
    private var backwards: ScriptedReranker { ScriptedReranker { call in call.passages.indices.map { Float($0) } } }

    @Test func theRerankerOrdersWhatItJudged() async throws {
        var bench = try await AnswerBench()
        bench.settings.reranking.weight = 1
        let fused = try await reply(bench, backwards, rerank: false)
        let reranker = backwards
        let reranked = try await reply(bench, reranker)
        #expect(documents(reranked) == documents(fused).reversed())
        #expect(reranked.passages.map(\.rank) == [1, 2, 3])
        #expect(reranked.passages.map(\.scores.rerank) == [2, 1, 0])
        #expect(reranked.degraded.isEmpty)
        #expect(reranker.calls.map(\.query) == [question])
        #expect(reranker.calls.first?.passages.first?.hasPrefix("The retries page > Guide > retries\n") == true)
        #expect(fused.passages.allSatisfy { $0.scores.rerank == nil })
        #expect(fused.degraded.isEmpty)
    }

    @Test func theSettingDecidesWhereTheRequestDoesNotSay() async throws {
        var bench = try await AnswerBench()
        for isOn in [false, true] {
            bench.settings.reranking.isOn = isOn
            for wish in [nil, true, false] as [Bool?] {
                let reranker = backwards
                let reply = try await reply(bench, reranker, rerank: wish)
                #expect(reranker.calls.count == ((wish ?? isOn) ? 1 : 0))
                #expect(reply.passages.allSatisfy { ($0.scores.rerank != nil) == (wish ?? isOn) })
            }
        }
    }

    @Test func moreIsJudgedThanIsReturned() async throws {
        var bench = try await AnswerBench()
        bench.settings.reranking.weight = 1
        let all = try await reply(bench, nil, rerank: false)
        let reranker = backwards
        let one = try await reply(bench, reranker, topK: 1)
        #expect(reranker.calls.first?.passages.count == 3)
        #expect(documents(one) == [documents(all)[2]])
        #expect(one.passages.map(\.rank) == [1])
        #expect(one.degraded.isEmpty)
    }

    @Test func onlyTheBestAreJudgedAndTheRestStaysBehindThem() async throws {
        var bench = try await AnswerBench()
        bench.settings.reranking.weight = 1
        bench.settings.reranking.candidates = 2
        let fused = documents(try await reply(bench, nil, rerank: false))
        let reranker = backwards
        let reranked = try await reply(bench, reranker)
        #expect(reranker.calls.first?.passages.count == 2)
        #expect(documents(reranked) == [fused[1], fused[0], fused[2]])
        #expect(reranked.passages.map(\.scores.rerank) == [1, 0, nil])
        #expect(reranked.degraded.isEmpty)
    }

    @Test func whatTheDeadlineLeavesOutIsNamedAndStaysInFusedOrder() async throws {
        var bench = try await AnswerBench()
        bench.settings.reranking.weight = 1
        let fused = documents(try await reply(bench, nil, rerank: false))
        let partial = ScriptedReranker { call in [1, 2] + [Float?](repeating: nil, count: call.passages.count - 2) }
        let reranked = try await reply(bench, partial)
        #expect(documents(reranked) == [fused[1], fused[0], fused[2]])
        #expect(reranked.degraded == ["rerank_partial"])
    }

    @Test func aSlowRerankerLosesItsLastPassagesAndNotTheRequest() async throws {
        let texts = (0..<12).map { ("d\($0)", "Clients must retry a failed request \($0) times.") }
        var bench = try await AnswerBench(Dictionary(uniqueKeysWithValues: texts))
        bench.settings.reranking.limit = .milliseconds(250)
        let reply = try await reply(bench, ScriptedReranker(countingWordsFor: .milliseconds(50)), topK: 12)
        let judged = reply.passages.map { $0.scores.rerank != nil }
        #expect(judged.first == true)
        #expect(judged.last == false)
        #expect(judged == judged.sorted { $0 && !$1 })
        #expect(reply.degraded == ["rerank_partial"])
    }

    @Test func theRerankerGetsItsLimitAndAShareOfTheRequestsTime() async throws {
        var bench = try await AnswerBench()
        bench.settings.reranking.limit = .seconds(7)
        bench.settings.reranking.shareOfDeadline = 0.5
        let reranker = backwards
        _ = try await reply(bench, reranker) { $0.deadline = .after(.seconds(100)) }
        _ = try await reply(bench, reranker) { $0.deadline = .after(.seconds(10)) }
        let left = reranker.calls.map(\.deadline.remaining)
        #expect(left[0] <= .seconds(7) && left[0] > .seconds(5))
        #expect(left[1] <= .seconds(5) && left[1] > .seconds(3))
    }

    @Test(arguments: [RAGError(.unavailable, "down"), RAGError(.deadlineExceeded, "late"), RAGError(.internal, "a bug")])
    func aRerankerThatFailsLeavesTheFusedOrder(failure: RAGError) async throws {
        let bench = try await AnswerBench()
        let fused = try await reply(bench, nil, rerank: false)
        let failed = try await reply(bench, ScriptedReranker { _ throws(RAGError) in throw failure })
        #expect(isUntouched(failed, like: fused))
        #expect(failed.degraded == ["rerank"])
    }

    @Test func aRerankerThatGivesNonsenseLeavesTheFusedOrder() async throws {
        let bench = try await AnswerBench()
        let fused = try await reply(bench, nil, rerank: false)
        for nonsense in [[1, 2], [1, 2, 3, 4], [], [.nan, .nan, .nan], [nil, nil, nil], [.infinity, nil, -.infinity]] as [[Float?]] {
            let failed = try await reply(bench, ScriptedReranker { _ in nonsense })
            #expect(isUntouched(failed, like: fused))
            #expect(failed.degraded == ["rerank"])
        }
    }

    @Test func aScoreThatIsNotANumberCountsAsNotJudged() async throws {
        let bench = try await AnswerBench()
        let reply = try await reply(bench, ScriptedReranker { _ in [3, .nan, 1] })
        #expect(reply.degraded == ["rerank_partial"])
        #expect(reply.passages.count { $0.scores.rerank == nil } == 1)
        #expect(reply.passages.allSatisfy { $0.scores.fused.isFinite })
    }

    @Test func aRerankThatCannotBeDoneIsNamed() async throws {
        var bench = try await AnswerBench()
        #expect(try await reply(bench, nil).degraded == ["rerank"])
        #expect(try await reply(bench, nil, rerank: nil).degraded.isEmpty)
        bench.settings.reranking.isOn = true
        #expect(try await reply(bench, nil, rerank: nil).degraded == ["rerank"])
    }

    @Test func nothingToJudgeIsNoFailure() async throws {
        let bench = try await AnswerBench()
        let reranker = backwards
        let reply = try await reply(bench, reranker) { $0.filter = .equals(field: "lang", .string("xx")) }
        #expect(reply.passages.isEmpty)
        #expect(reply.degraded.isEmpty)
        #expect(reranker.calls.isEmpty)
    }

    @Test func aCallerWhoGoesAwayEndsTheRequest() async throws {
        let bench = try await AnswerBench()
        let error = await #expect(throws: RAGError.self) {
            try await reply(bench, ScriptedReranker { _ throws(RAGError) in throw RAGError(.cancelled, "gone") })
        }
        #expect(error?.code == .cancelled)
    }

    @Test func passagesAreJudgedByTheirBeginningAndCutBetweenCharacters() async throws {
        var bench = try await AnswerBench(["a": String(repeating: "数据", count: 300), "b": String(repeating: "👩‍👩‍👧é", count: 200)])
        for budget in [1, 40, 41, 42, 43, 100, 500] {
            bench.settings.reranking.textBytes = budget
            let reranker = backwards
            _ = try await reply(bench, reranker) { $0.mode = .dense }
            let call = try #require(reranker.calls.first)
            #expect(question.hasPrefix(call.query) && call.query.utf8.count == min(budget, question.utf8.count))
            for text in call.passages {
                #expect(text.utf8.count <= budget)
                #expect(text.utf8.count > budget - 4)
                #expect(!text.unicodeScalars.contains("\u{FFFD}"))
            }
        }
    }

    @Test func groupsAreJudgedByTheirBestChunkAndChunksEachForThemselves() async throws {
        var bench = try await AnswerBench(["a": "Whales sing."])
        bench.settings.reranking.weight = 1
        for (name, word) in [("x", "failed"), ("y", "request")] { try await bench.publish(name, chunks: 4, saying: word) }
        let reranker = backwards
        let grouped = try await reply(bench, reranker, topK: 10)
        #expect(reranker.calls[0].passages.count == 3)
        #expect(Set(documents(grouped)).count == 3)
        let chunks = try await reply(bench, reranker, topK: 10) { $0.groupByDocument = false }
        #expect(reranker.calls[1].passages.count == 9)
        #expect(chunks.passages.count == 9)
        // Each document stands for its best chunk of the fused order.
        let best = try await reply(bench, nil, topK: 10, rerank: false)
        #expect(Set(grouped.passages.map(\.source.chunk)) == Set(best.passages.map(\.source.chunk)))
    }

    @Test func theStreamShowsTheOrderOfTheReply() async throws {
        let bench = try await AnswerBench()
        let pipeline = AnswerPipeline(
            store: bench.store,
            embedder: bench.embedder,
            generator: nil,
            reranker: backwards,
            settings: bench.settings
        )
        var request = bench.request(question)
        request.rerank = true
        let log = EventLog()
        let streamed = try await pipeline.answer(request, in: AnswerBench.scope) { log.append($0) }
        let whole = try await pipeline.answer(request, in: AnswerBench.scope)
        #expect(documents(streamed) == documents(whole))
        guard case .passages(let passages, _)? = log.all.first else { return #expect(Bool(false), "no passages first") }
        #expect(passages == streamed.passages)
        #expect(whole.citations.allSatisfy { (1...whole.passages.count).contains($0.marker) })
    }

    @Test func theGateJudgesRawScoresAndNotTheRerankers() async throws {
        let bench = try await AnswerBench()
        var request = bench.request("zebra gallops quickly across savannah")
        request.rerank = true
        let sure = ScriptedReranker { call in call.passages.map { _ in 100 } }
        let pipeline = AnswerPipeline(
            store: bench.store,
            embedder: bench.embedder,
            generator: nil,
            reranker: sure,
            settings: bench.settings
        )
        #expect(try await pipeline.answer(request, in: AnswerBench.scope).reason == "nothing_relevant")
    }

    @Test func theRerankersTimeIsShown() async throws {
        let bench = try await AnswerBench()
        let reply = try await reply(bench, ScriptedReranker(countingWordsFor: .milliseconds(5)))
        let stages = Dictionary(uniqueKeysWithValues: reply.timings.stages.map { ($0.name, $0.duration) })
        #expect(try #require(stages["rerank"]) >= .milliseconds(15))
        #expect(reply.timings.stages.map(\.name) == ["embed", "retrieve", "rerank", "generate"])
    }

    @Test func theDoubleKeepsWhatTheSeamPromises() async throws {
        try await RerankerConformance(ScriptedReranker(countingWordsFor: .zero)).runAll()
        try await RerankerConformance(ScriptedReranker(countingWordsFor: .milliseconds(1))).runDeadline()
        let constant = ScriptedReranker { call in call.passages.indices.map { Float($0) } }
        await #expect(throws: ConformanceFailure.self) { try await RerankerConformance(constant).runAll() }
    }
}
