// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization
import Testing

@testable import RAGPython

/// What models promise, wherever they run.
@Suite(.enabled(if: PythonFixture.hasPython))
struct HostConformanceTests {
    static let isolations: [PythonHost.Isolation] = [.inProcess(threads: 2), .workers(2)]

    private let soon = Deadline.after(.seconds(60))

    @Test func bothHostsGiveTheSameResults() async throws {
        var matrices: [EmbeddingMatrix] = []
        var spans: [[TokenSpans]] = []
        var scores: [[Float?]] = []
        for isolation in Self.isolations {
            let host = try PythonFixture.host(isolation)
            let model = try await PythonFixture.faulty(host)
            #expect(model.space.dimension == 4)
            matrices.append(try await model.embed(["fine", "é日本🎉", ""], as: .passage, deadline: soon))
            spans.append(try await model.tokenSpans(of: ["é", "", "zero\0inside"], deadline: soon))
            let reranker = try await host.reranker("fault_injection:FaultyReranker", options: .object([:]), deadline: soon)
            #expect(reranker.model == "faulty-reranker" && reranker.fingerprint == "1")
            scores.append(try await reranker.rerank("a b c", passages: ["c d", "x", "b c a"], deadline: soon))
            let none = try await model.embed([], as: .query, deadline: soon)
            #expect(none.count == 0)
            let unjudged = try await reranker.rerank("a", passages: [], deadline: soon)
            #expect(unjudged.isEmpty)
        }
        #expect(matrices[0] == matrices[1] && matrices[0].count == 3)
        #expect(spans[0] == spans[1] && spans[0].map(\.count) == [1, 1, 1])
        #expect(scores[0] == scores[1] && scores[0] == [1, 0, 3])
    }

    @Test(.enabled(if: PythonFixture.hasModel)) func bothHostsGiveTheSameVectors() async throws {
        let texts = (1...9).map { String(repeating: "a river in winter ", count: $0) }
        var matrices: [EmbeddingMatrix] = []
        var spans: [[TokenSpans]] = []
        for isolation in Self.isolations {
            let model = try await PythonFixture.host(isolation)
                .embedder(options: .object(["model_dir": .string(PythonFixture.model)]), deadline: soon)
            matrices.append(try await model.embed(texts, as: .passage, deadline: soon))
            spans.append(try await model.tokenSpans(of: texts, deadline: soon))
        }
        #expect(matrices[0] == matrices[1])
        #expect(spans[0] == spans[1])
    }

    @Test(arguments: isolations) func anExceptionSaysItsTypeAndFrames(_ isolation: PythonHost.Isolation) async throws {
        let model = try await PythonFixture.faulty(PythonFixture.host(isolation))
        let error = await #expect(throws: RAGError.self) { try await model.embed(["raise"], as: .query, deadline: soon) }
        #expect(error?.code == .unavailable && error?.message.contains("deliberate") == false)
        let cause = try #require(error?.cause as? PythonError)
        #expect(cause.type == "ValueError" && cause.message == "deliberate é")
        #expect(cause.traceback.contains("in _obey") && !cause.traceback.contains("worker.py"))
    }

    @Test(arguments: isolations) func oneRequestPaysForItsOwnFailure(_ isolation: PythonHost.Isolation) async throws {
        let model = try await PythonFixture.faulty(PythonFixture.host(isolation))
        let reranker = try await PythonFixture.host(isolation)
            .reranker("fault_injection:FaultyReranker", options: .object([:]), deadline: soon)
        let exceptions = ["raise", "exit", "interrupt", "surrogate", "fail"]
        let wrong = ["wide", "nan", "none", "double", "flat", "strided"]
        var failures = 0
        for round in 0..<1_200 {
            let command = round % 6 == 5 ? wrong[round / 6 % wrong.count] : exceptions[round % exceptions.count]
            do {
                _ = try await model.embed([command], as: .query, deadline: soon)
                Issue.record("\(command) succeeded")
            } catch {
                failures += error.code == .unavailable ? 1 : 0
            }
            let other = try await model.embed(["fine"], as: .query, deadline: soon)
            #expect(other.values == [0.5, 0.5, 0.5, 0.5])
        }
        #expect(failures == 1_200)
        for command in ["raise", "nan", "few", "matrix", "double"] {
            let error = await #expect(throws: RAGError.self) { try await reranker.rerank(command, passages: ["a"], deadline: soon) }
            #expect(error?.code == .unavailable)
            let other = try await reranker.rerank("a", passages: ["a"], deadline: soon)
            #expect(other == [1])
        }
    }

    @Test(arguments: isolations) func refusesWhatCannotBeLoaded(_ isolation: PythonHost.Isolation) async throws {
        let host = try PythonFixture.host(isolation)
        for name in ["no_such_module:Model", "fault_injection:Absent", "fault_injection", "fault_injection:Unfinished"] {
            let error = await #expect(throws: RAGError.self) {
                try await host.embedder(name, options: .object([:]), deadline: soon)
            }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.cause is PythonError)
        }
        let model = try await PythonFixture.faulty(host)
        let fine = try await model.embed(["fine"], as: .query, deadline: soon)
        #expect(fine.count == 1)
    }

    @Test(arguments: isolations) func whileOneCallWaitsAnotherProceeds(_ isolation: PythonHost.Isolation) async throws {
        let model = try await PythonFixture.faulty(PythonFixture.host(isolation))
        let isDone = Mutex(false)
        async let slow: Void = {
            _ = try await model.embed(["sleep 3"], as: .query, deadline: soon)
            isDone.withLock { $0 = true }
        }()
        try await Task.sleep(for: .milliseconds(100))
        for _ in 0..<5 { _ = try await model.embed(["fine"], as: .query, deadline: soon) }
        #expect(!isDone.withLock { $0 })
        _ = try await slow
    }

    @Test(arguments: isolations) func aModelThatKeepsFailingRests(_ isolation: PythonHost.Isolation) async throws {
        let model = try await PythonFixture.faulty(PythonFixture.host(isolation))
        for _ in 0..<5 {
            await #expect(throws: RAGError.self) { try await model.embed(["fail"], as: .query, deadline: soon) }
        }
        let error = await #expect(throws: RAGError.self) { try await model.embed(["fine"], as: .query, deadline: soon) }
        #expect(error?.code == .unavailable)
        let pause = try #require(error?.retryAfter)
        #expect(pause > .zero && pause <= .seconds(1))
        try await Task.sleep(for: pause + .milliseconds(50))
        let fine = try await model.embed(["fine"], as: .query, deadline: soon)
        #expect(fine.count == 1)
    }

    @Test(arguments: isolations) func rerankingKeepsWhatIsDoneAtTheDeadline(_ isolation: PythonHost.Isolation) async throws {
        let host = try PythonFixture.host(isolation)
        let reranker = try await host.reranker(
            "fault_injection:FaultyReranker",
            options: .object(["batch_size": .integer(2)]),
            deadline: soon
        )
        let passages = (0..<200).map { "passage \($0)" }
        // Two threads, two passages in 0.2 s each: ten seconds for all.
        let scores = try await reranker.rerank("sleep 0.2", passages: passages, deadline: .after(.seconds(3)))
        let judged = scores.prefix { $0 != nil }.count
        #expect(scores.count == 200 && judged >= 2 && judged < 200 && judged % 2 == 0)
        #expect(scores.dropFirst(judged).allSatisfy { $0 == nil })
        let error = await #expect(throws: RAGError.self) {
            try await reranker.rerank("sleep 0.5", passages: passages, deadline: .after(.milliseconds(100)))
        }
        #expect(error?.code == .deadlineExceeded)
    }

    @Test(arguments: isolations) func givesTheModelNoMoreThanItsBatch(_ isolation: PythonHost.Isolation) async throws {
        let reranker = try await PythonFixture.host(isolation)
            .reranker("fault_injection:FaultyReranker", options: .object(["batch_size": .integer(8)]), deadline: soon)
        let passages = (0..<37).map { "word\($0)" }
        let scores = try await reranker.rerank("word36 word0", passages: passages, deadline: soon)
        #expect(scores == (0..<37).map { $0 == 0 || $0 == 36 ? 1 : 0 })
    }
}
