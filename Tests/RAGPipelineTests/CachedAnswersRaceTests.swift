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

/// An answerer that takes its time before it searches and after it has.
private final class Dawdling: Answering {
    let inner: any Answering
    let random: Mutex<SeededGenerator>

    var isGenerative: Bool { inner.isGenerative }

    init(_ inner: any Answering, seed: UInt64) {
        self.inner = inner
        random = Mutex(SeededGenerator(seed: seed))
    }

    func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: AnswerPipeline.EventHandler?
    ) async throws(RAGError) -> AnswerReply {
        await dawdle()
        let reply = try await inner.answer(request, in: scope, onEvent: onEvent)
        await dawdle()
        return reply
    }

    private func dawdle() async {
        let pause = random.withLock { Int.random(in: 0..<4, using: &$0) }
        if pause > 0 { try? await Task.sleep(for: .microseconds(pause * 300)) } else { await Task.yield() }
    }
}

@Suite struct CachedAnswersRaceTests {
    private static let documents = 6

    /// What happened to one document: its n-th operation publishes it with the number n in its text, or withdraws it.
    private struct History {
        var isWithdrawal: [Bool] = [true]
        var acknowledged = 0
    }

    private final class Histories: Sendable {
        private let all = Mutex(Array(repeating: History(), count: CachedAnswersRaceTests.documents))

        private let finished = Mutex(false)

        var isFinished: Bool { finished.withLock { $0 } }

        func finish() { finished.withLock { $0 = true } }

        func begin(_ document: Int, isWithdrawal: Bool) -> Int {
            all.withLock { all in
                all[document].isWithdrawal.append(isWithdrawal)
                return all[document].isWithdrawal.count - 1
            }
        }

        func acknowledge(_ document: Int, _ operation: Int) { all.withLock { $0[document].acknowledged = operation } }

        func acknowledged(_ document: Int) -> Int { all.withLock { $0[document].acknowledged } }

        /// Whether a reply to a question that was asked when `floor` was acknowledged may show this.
        func mayShow(_ shown: Int?, of document: Int, since floor: Int) -> Bool {
            let operations = all.withLock { $0[document].isWithdrawal }
            guard let shown else { return operations[floor...].contains(true) }
            return shown >= floor && shown < operations.count && !operations[shown]
        }
    }

    @Test func noReplyShowsWhatWasBeforeAnAcknowledgedChange() async throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        let bench = try await AnswerBench([:])
        let answers = CachedAnswers(
            Dawdling(bench.pipeline(), seed: seed),
            store: bench.store,
            settings: "",
            capacity: 1 << 20,
            timeToLive: .seconds(60)
        )
        let histories = Histories()
        let (hits, wrong) = try await withThrowingTaskGroup(of: (hits: Int, wrong: [String]).self) { group in
            for reader in 0..<8 as Range<UInt64> {
                group.addTask {
                    try await Self.read(answers, histories, bench, seed: seed + reader)
                }
            }
            try await Self.write(bench.store, histories, seed: seed)
            histories.finish()
            return try await group.reduce(into: (0, [])) { sum, part in sum = (sum.0 + part.hits, sum.1 + part.wrong) }
        }
        #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(5))")
        #expect(hits > 100, "seed \(seed): only \(hits) hits, the test says nothing")
    }

    private static func write(_ store: InMemoryKnowledgeStore, _ histories: Histories, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let generation = Generation(space: HashingEmbeddingProvider(dimension: 256).space, chunking: "test")
        for _ in 0..<400 {
            let document = Int.random(in: 0..<documents, using: &random)
            let id = try DocumentID("document-\(document)")
            let isWithdrawal = Int.random(in: 0..<3, using: &random) == 0
            let operation = histories.begin(document, isWithdrawal: isWithdrawal)
            if isWithdrawal {
                _ = try await store.withdraw(id, in: AnswerBench.scope)
            } else {
                let text = "word\(document) has \(operation)"
                let publication = Publication(
                    document: id,
                    hash: ContentHash(rawValue: "sha256:\(operation)"),
                    text: text,
                    format: .plain,
                    title: nil,
                    url: nil,
                    metadata: [:],
                    generation: generation,
                    chunks: [Chunk(ordinal: 0, range: 0..<text.utf8.count)],
                    vectors: try await HashingEmbeddingProvider(dimension: 256).embed([text], as: .passage, deadline: .never)
                )
                _ = try await store.publish(publication, completing: nil, in: AnswerBench.scope)
            }
            histories.acknowledge(document, operation)
            if Int.random(in: 0..<2, using: &random) == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    private static func read(
        _ answers: CachedAnswers,
        _ histories: Histories,
        _ bench: AnswerBench,
        seed: UInt64
    ) async throws -> (hits: Int, wrong: [String]) {
        var random = SeededGenerator(seed: seed)
        var hits = 0
        var wrong: [String] = []
        while !histories.isFinished {
            let document = Int.random(in: 0..<documents, using: &random)
            let floor = histories.acknowledged(document)
            let request = bench.request("word\(document)", mode: .lexical, topK: 1, generate: false)
            let reply = try await answers.answer(request, in: AnswerBench.scope)
            if reply.resultCache == .hit { hits += 1 }
            let shown = reply.passages.first.flatMap { $0.source.text.split(separator: " ").last }.flatMap { Int($0) }
            if !histories.mayShow(shown, of: document, since: floor) {
                wrong.append("document \(document) shows \(shown.map(String.init) ?? "nothing") after \(floor), \(reply.resultCache)")
            }
            await Task.yield()
        }
        return (hits, wrong)
    }
}
