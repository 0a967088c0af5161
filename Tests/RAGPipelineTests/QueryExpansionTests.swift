// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Query expansion") struct QueryExpansionTests {
    private func bench() async throws -> RetrievalBench {
        try await RetrievalBench([
            BenchDocument("a", "The ferry leaves at nine; every vessel of the company is a catamaran."),
            BenchDocument("b", "A ferry is a vessel; the catamaran is the fastest ferry."),
            BenchDocument("c", "The catamaran is a vessel with two hulls."),
            BenchDocument("d", "Bread is baked at four in the morning."),
        ])
    }

    @Test func feedbackFindsWhatSharesWordsWithTheBestPassages() async throws {
        let bench = try await bench()
        let plain = try await bench.ask("ferry", mode: .lexical)
        #expect(Set(plain.documents) == ["a", "b"])
        let reply = try await bench.ask("ferry", mode: .lexical) {
            $0.retrieval.expansion = .prf
            $0.retrieval.isExplained = true
        }
        #expect(reply.documents.last == "c")
        #expect(reply.documents.count == 3)
        let words = Set(try #require(reply.notes.explanation).expansions)
        #expect(words.isSuperset(of: ["vessel", "catamaran"]))
        #expect(reply.passages.last?.scores.lexical == nil, "no score for other words is shown as one for the question")
        #expect(reply.degraded.isEmpty)
    }

    @Test func otherWordingsAreSearchedForBesideTheQuestion() async throws {
        let bench = try await bench()
        let generator = ScriptedGenerator(pieces: ["1. When is bread baked?\n- two", " hulls vessel\n\n\"", "FERRY\"\n"])
        for expansion in [QueryExpansion.multiQuery, .subQuestions] {
            let reply = try await bench.ask("ferry", generator, topK: 4) {
                $0.retrieval.expansion = expansion
                $0.retrieval.isExplained = true
            }
            #expect(reply.notes.explanation?.expansions == ["When is bread baked?", "two hulls vessel"])
            #expect(Set(reply.documents) == ["a", "b", "c", "d"])
            #expect(["a", "b"].contains(reply.documents[0]), "the question itself goes first")
            #expect(reply.parts("d")?.expansion == 1)
            #expect(reply.degraded.isEmpty)
            #expect(reply.timings.stages.map(\.name) == ["embed", "expand", "retrieve", "rerank", "generate"])
        }
        #expect(generator.prompts.allSatisfy { $0.user == "Question: ferry" })
    }

    @Test(arguments: SearchMode.allCases) func aMadeUpPassageIsSearchedFor(mode: SearchMode) async throws {
        let bench = try await bench()
        let generator = ScriptedGenerator(pieces: ["Bread is baked at four in the morning, says the baker."])
        let reply = try await bench.ask("ferry", generator, topK: 4, mode: mode) {
            $0.retrieval.expansion = .hyde
            $0.retrieval.isExplained = true
        }
        #expect(reply.documents.contains("d"))
        #expect(reply.notes.explanation?.expansions == ["Bread is baked at four in the morning, says the baker."])
        #expect((reply.parts("d")?.expansion ?? 0) > 0.5)
        #expect(reply.degraded.isEmpty)
    }

    @Test(arguments: [QueryExpansion.multiQuery, .subQuestions, .hyde])
    func whatTheModelDoesNotGiveIsNamed(expansion: QueryExpansion) async throws {
        let bench = try await bench()
        let plain = try await bench.ask("ferry")
        let generators: [(any Generator)?] = [
            nil, ScriptedGenerator { _ in [.fail(RAGError(.unavailable, "down"))] }, ScriptedGenerator(pieces: [" \n - \n"]),
            ScriptedGenerator { _ in [.wait(.seconds(60)), .text("late")] },
        ]
        for generator in generators {
            let reply = try await bench.ask("ferry", generator) {
                $0.retrieval.expansion = expansion
                $0.deadline = .after(.seconds(5))
            }
            #expect(reply.degraded == ["expand"])
            #expect(reply.documents == plain.documents)
        }
    }

    @Test func whatTheModelSaysIsBounded() async throws {
        let bench = try await bench()
        let line = "vessel " + String(repeating: "é", count: 400)
        let chatter = ScriptedGenerator { _ in (0..<2_000).map { .text("\($0 % 7) \(line)\u{7}\n") } }
        let reply = try await bench.ask("ferry", chatter) {
            $0.retrieval.expansion = .multiQuery
            $0.retrieval.isExplained = true
        }
        let expansions = try #require(reply.notes.explanation?.expansions)
        #expect((1...4).contains(expansions.count))
        #expect(expansions.allSatisfy { $0.utf8.count <= 256 && !$0.contains("\u{7}") })
        #expect(reply.degraded.isEmpty)
    }

    @Test func anotherTenantsDocumentsAreNotFoundByAnyWording() async throws {
        let bench = try await bench()
        let generator = ScriptedGenerator(pieces: ["two hulls vessel"])
        for expansion in QueryExpansion.allCases {
            var request = AnswerRequest(query: "ferry", generate: false, deadline: .after(.seconds(20)))
            request.retrieval.expansion = expansion
            let reply = try await AnswerPipeline(store: bench.store, embedder: bench.embedder, generator: generator)
                .answer(request, in: TenantScope(authenticated: "other"))
            #expect(reply.passages.isEmpty)
        }
    }

    @Test func filtersHoldForEveryWording() async throws {
        let bench = try await RetrievalBench([
            BenchDocument("in", "The ferry is a vessel.", metadata: ["ok": .boolean(true)]),
            BenchDocument("out", "The vessel has two hulls.", metadata: ["ok": .boolean(false)]),
        ])
        for expansion in QueryExpansion.allCases {
            let reply = try await bench.ask("ferry", ScriptedGenerator(pieces: ["two hulls vessel"])) {
                $0.retrieval.expansion = expansion
                $0.filter = .equals(field: "ok", .boolean(true))
            }
            #expect(reply.documents == ["in"])
        }
    }
}
