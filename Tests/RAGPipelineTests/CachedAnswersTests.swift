// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Synchronization
import Testing

@Suite struct CachedAnswersTests {
    private let question = "How many times is a failed request retried?"

    private func cached(
        _ bench: AnswerBench,
        _ generator: (any Generator)? = nil,
        settings: String = "settings",
        capacity: Int = 1 << 20,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) -> CachedAnswers {
        CachedAnswers(
            bench.pipeline(generator),
            store: bench.store,
            settings: settings,
            capacity: capacity,
            timeToLive: .seconds(60),
            now: clock
        )
    }

    @Test func theSecondTimeTheReplyIsRemembered() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        let first = try await answers.answer(bench.request(question), in: AnswerBench.scope)
        let second = try await answers.answer(bench.request(question), in: AnswerBench.scope)
        #expect(first.resultCache == .miss)
        #expect(second.resultCache == .hit)
        #expect(first.answer != nil)
        #expect(second.answer == first.answer)
        #expect(second.passages == first.passages)
        #expect(second.citations == first.citations)
        #expect(second.model == first.model)
        #expect(second.timings.stages.isEmpty)
        #expect(second.embeddingCache == nil)
        #expect(try await bench.everyQuoteStands(second.citations))
    }

    @Test(arguments: [false, true]) func aStreamOfARememberedReplyHasTheSameEvents(isGenerative: Bool) async throws {
        let bench = try await AnswerBench()
        let generator = ScriptedGenerator(pieces: ["A failed request is ", "retried up to five times", " [1].", " That is all."])
        let answers = cached(bench, isGenerative ? generator : nil)
        let request = bench.request(question)
        let fresh = EventLog()
        _ = try await bench.pipeline(isGenerative ? generator : nil).answer(request, in: AnswerBench.scope) { fresh.append($0) }
        // The first one is remembered from a request that was not a stream.
        let first = try await answers.answer(request, in: AnswerBench.scope)
        try #require(first.degraded.isEmpty, "\(first.degraded)")
        let replayed = EventLog()
        let reply = try await answers.answer(request, in: AnswerBench.scope) { replayed.append($0) }
        #expect(reply.resultCache == .hit)
        #expect(replayed.shape == fresh.shape)
        #expect(replayed.shape.hasPrefix("pt"))
        #expect(replayed.text == fresh.text)
        #expect(replayed.citations == fresh.citations)
    }

    @Test func whateverDecidesTheReplyMakesAnotherEntry() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        let changes: [(String, @Sendable (inout AnswerRequest) -> Void)] = [
            ("query", { $0.query += "?" }), ("topK", { $0.topK = 2 }), ("mode", { $0.mode = .lexical }),
            ("generate", { $0.generate = false }),
            ("group", { $0.groupByDocument = false }), ("exists", { $0.filter = .exists(field: "a") }),
            ("another exists", { $0.filter = .exists(field: "b") }), ("not", { $0.filter = .not(.exists(field: "a")) }),
            ("equals", { $0.filter = .equals(field: "a", .string("1")) }), ("number", { $0.filter = .equals(field: "a", .number(1)) }),
            ("any of", { $0.filter = .anyOf(field: "a", [.string("1")]) }), ("all", { $0.filter = .all([]) }),
            ("any", { $0.filter = .any([]) }),
            ("above", { $0.filter = .range(field: "a", FilterBounds(greaterThan: .number(1))) }),
            ("at least", { $0.filter = .range(field: "a", FilterBounds(greaterOrEqual: .number(1))) }),
            ("below", { $0.filter = .range(field: "a", FilterBounds(lessThan: .number(1))) }),
            ("list", { $0.filter = .equals(field: "a", .list([.string("1")])) }),
            ("boolean", { $0.filter = .equals(field: "a", .boolean(true)) }),
            ("spelling", { $0.filter = .equals(field: "a", .string("caf\u{E9}")) }),
            ("another spelling", { $0.filter = .equals(field: "a", .string("cafe\u{301}")) }),
        ]
        _ = try await answers.answer(bench.request(question), in: AnswerBench.scope)
        let options = Self.optionChanges
        // A member that is added to the options has to be added to the key, and here.
        #expect(Mirror(reflecting: RetrievalOptions()).children.count == 7)
        for (name, change) in changes + options {
            var request = bench.request(question)
            change(&request)
            #expect(try await answers.answer(request, in: AnswerBench.scope).resultCache == .miss, "\(name)")
            #expect(try await answers.answer(request, in: AnswerBench.scope).resultCache == .hit, "\(name)")
        }
        #expect(answers.size.count == changes.count + options.count + 1)
    }

    private static let optionChanges: [(String, @Sendable (inout AnswerRequest) -> Void)] = [
        ("explain", { $0.retrieval.isExplained = true }), ("collapse", { $0.retrieval.collapsesDuplicates = false }),
        ("expand", { $0.retrieval.expansion = .prf }), ("method", { $0.retrieval.fusion = FusionChoice(method: .minMax) }),
        ("another method", { $0.retrieval.fusion = FusionChoice(method: .reciprocalRank) }),
        ("dense weight", { $0.retrieval.fusion = FusionChoice(denseWeight: 0) }),
        ("another dense weight", { $0.retrieval.fusion = FusionChoice(denseWeight: 1) }),
        ("method and weight", { $0.retrieval.fusion = FusionChoice(method: .minMax, denseWeight: 1) }),
        ("mmr", { $0.retrieval.relevanceShare = 0 }), ("another mmr", { $0.retrieval.relevanceShare = 1 }),
        ("title", { $0.retrieval.boosts = FieldBoosts(title: 1) }), ("heading", { $0.retrieval.boosts = FieldBoosts(heading: 1) }),
        ("recency", { $0.retrieval.recency = RecencyPreference(field: "a", now: 0) }),
        ("another date", { $0.retrieval.recency = RecencyPreference(field: "b", now: 0) }),
        ("half-life", { $0.retrieval.recency = RecencyPreference(field: "a", halfLifeDays: 1, now: 0) }),
        ("weight", { $0.retrieval.recency = RecencyPreference(field: "a", weight: 1, now: 0) }),
        ("an hour later", { $0.retrieval.recency = RecencyPreference(field: "a", now: 3_600) }),
    ]

    @Test func tenantsShareNothing() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        _ = try await answers.answer(bench.request(question), in: AnswerBench.scope)
        let other = try await answers.answer(bench.request(question), in: TenantScope(authenticated: "other"))
        #expect(other.resultCache == .miss)
        #expect(other.passages.isEmpty)
    }

    @Test func everyChangeOfTheDocumentsMakesRepliesUnreachable() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        let (store, scope) = (bench.store, AnswerBench.scope)
        let id = try DocumentID("retries")
        func ask() async throws -> AnswerReply { try await answers.answer(bench.request(question), in: scope) }
        _ = try await ask()
        #expect(try await ask().resultCache == .hit)
        _ = try await store.update(id, url: "https://example.com/moved", metadata: [:], completing: nil, in: scope)
        let moved = try await ask()
        #expect(moved.resultCache == .miss)
        #expect(moved.passages.first?.source.url == "https://example.com/moved")
        #expect(try await ask().resultCache == .hit)
        _ = try await store.withdraw(id, in: scope)
        let after = try await ask()
        #expect(after.resultCache == .miss)
        #expect(!after.passages.contains { $0.source.chunk.document == id })
        #expect(answers.size.count == 1, "the unreachable reply has given its place up")
    }

    @Test func whatIsDegradedIncompleteOrFailedIsNotRemembered() async throws {
        let bench = try await AnswerBench()
        let request = bench.request(question)
        let failing = cached(bench, ScriptedGenerator { _ in [.fail(RAGError(.unavailable, "away"))] })
        for _ in 0..<2 {
            let reply = try await failing.answer(request, in: AnswerBench.scope)
            #expect(reply.degraded.contains("llm"))
            #expect(reply.resultCache == .miss)
        }
        let broken = cached(bench, ScriptedGenerator { _ in [.text("A failed request. "), .fail(RAGError(.unavailable, "away"))] })
        await #expect(throws: RAGError.self) { try await broken.answer(request, in: AnswerBench.scope) }
        let left = cached(bench)
        await #expect(throws: RAGError.self) {
            try await left.answer(request, in: AnswerBench.scope) { event in if case .token = event { throw CancellationError() } }
        }
        #expect(failing.size.count + broken.size.count + left.size.count == 0)
    }

    @Test func aReaderWhoLeavesAReplayEndsIt() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        _ = try await answers.answer(bench.request(question), in: AnswerBench.scope)
        let error = await #expect(throws: RAGError.self) {
            try await answers.answer(bench.request(question), in: AnswerBench.scope) { _ in throw CancellationError() }
        }
        #expect(error?.code == .cancelled)
        #expect(try await answers.answer(bench.request(question), in: AnswerBench.scope).resultCache == .hit)
    }

    @Test func repliesExpireAndBytesAreBounded() async throws {
        let bench = try await AnswerBench()
        let time = Mutex(ContinuousClock.now)
        let answers = cached(bench, capacity: 40_000) { time.withLock { $0 } }
        for index in 0..<100 {
            _ = try await answers.answer(bench.request("\(question) \(index)", generate: false), in: AnswerBench.scope)
            #expect(answers.size.bytes <= 40_000)
        }
        #expect(answers.size.count > 3)
        time.withLock { $0 = $0.advanced(by: .seconds(61)) }
        await answers.removeUnreachable()
        #expect(answers.size == (0, 0))
    }

    @Test func whatWasWithdrawnDoesNotStayInMemory() async throws {
        let bench = try await AnswerBench()
        let answers = cached(bench)
        for index in 0..<5 { _ = try await answers.answer(bench.request("\(question) \(index)"), in: AnswerBench.scope) }
        await answers.removeUnreachable()
        #expect(answers.size.count == 5)
        _ = try await bench.store.withdraw(try DocumentID("retries"), in: AnswerBench.scope)
        await answers.removeUnreachable()
        #expect(answers.size == (0, 0))
    }

}
