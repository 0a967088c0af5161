// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Retrieval options") struct RetrievalOptionsTests {
    private static let ferry = "The ferry to the island leaves at nine."
    private static let train = "The night train crosses the border before dawn and stops twice."

    private func bench() async throws -> RetrievalBench {
        try await RetrievalBench([
            BenchDocument("old", "The ferry leaves the harbour at nine in the morning.", metadata: ["day": .string("2020-01-01")]),
            BenchDocument("new", "The ferry leaves the harbour early.", metadata: ["day": .string("2024-05-30T08:00:00Z")]),
            BenchDocument("undated", "The ferry leaves at nine.", title: "Trains and buses"),
            BenchDocument("headed", "It leaves then.", title: "The ferry", headings: [["Timetable", "When the ferry leaves"]]),
            BenchDocument("train", Self.train),
        ])
    }

    @Test func withoutOptionsNothingIsExplained() async throws {
        let reply = try await bench().ask("When does the ferry leave the harbour?")
        #expect(reply.notes.explanation == nil)
        #expect(reply.notes.duplicates.isEmpty)
    }

    @Test func explainingChangesNoOrderAndItsPartsMakeTheScore() async throws {
        let bench = try await bench()
        let plain = try await bench.ask("When does the ferry leave the harbour?", topK: 5)
        let reply = try await bench.ask("When does the ferry leave the harbour?", topK: 5) { $0.retrieval.isExplained = true }
        #expect(reply.documents == plain.documents)
        let explanation = try #require(reply.notes.explanation)
        #expect(explanation.mode == .hybrid)
        #expect(explanation.denseCandidates == 5)
        #expect(explanation.lexicalCandidates > 0 && explanation.lexicalCandidates <= 5)
        #expect(
            explanation.fusion
                == FusionWeighing(
                    method: .minMax,
                    denseWeight: 0.5,
                    lexicalCeiling: explanation.fusion.lexicalCeiling,
                    reason: "the server's setting"
                )
        )
        #expect(explanation.steps.stages.map(\.name) == ["search", "fuse", "read"])
        for passage in reply.passages {
            let parts = try #require(explanation.passages[passage.source.chunk])
            let sum = 0.5 * (parts.dense ?? 0) + 0.5 * (parts.lexical ?? 0)
            #expect(abs(sum - passage.scores.fused) < 1e-5)
            #expect(parts.fused == passage.scores.fused)
            #expect(parts.adjusted == nil && parts.expansion == nil && parts.similarity == nil)
        }
    }

    @Test func aRequestMayWeighTheSearchesItself() async throws {
        let bench = try await bench()
        for (weight, mode) in [(Float(0), SearchMode.lexical), (1, .dense)] {
            let weighed = try await bench.ask("When does the ferry leave the harbour?") {
                $0.retrieval.fusion = FusionChoice(denseWeight: weight)
                $0.retrieval.isExplained = true
            }
            let alone = try await bench.ask("When does the ferry leave the harbour?", mode: mode)
            #expect(weighed.documents.first == alone.documents.first)
            #expect(weighed.notes.explanation?.fusion.denseWeight == weight)
            #expect(weighed.notes.explanation?.fusion.reason == "asked for in the request")
        }
        let ranks = try await bench.ask("When does the ferry leave?") {
            $0.retrieval.fusion = FusionChoice(method: .reciprocalRank)
            $0.retrieval.isExplained = true
        }
        #expect(ranks.notes.explanation?.fusion.method == .reciprocalRank)
        let one = try await bench.ask("When does the ferry leave?", mode: .lexical) { $0.retrieval.isExplained = true }
        #expect(
            one.notes.explanation?.fusion
                == FusionWeighing(
                    method: .minMax,
                    denseWeight: 0,
                    lexicalCeiling: one.notes.explanation?.fusion.lexicalCeiling,
                    reason: "only one search ran"
                )
        )
        #expect(one.notes.explanation?.denseCandidates == 0)
    }

    @Test func newerPassagesComeFirstWhereThatIsAskedFor() async throws {
        let bench = try await bench()
        let now = try #require(CivilTime.seconds("2024-06-01"))
        let reply = try await bench.ask("When does the ferry leave the harbour?", topK: 5) {
            $0.retrieval.recency = RecencyPreference(field: "day", halfLifeDays: 30, weight: 1, now: now)
            $0.retrieval.isExplained = true
        }
        #expect(reply.documents.first == "new")
        #expect(reply.notes.explanation?.datedPassages == 2)
        let fresh = try #require(reply.parts("new")?.recency)
        #expect(fresh > 0.95 && fresh < 1)
        #expect(reply.parts("undated")?.recency == nil)
        #expect(reply.parts("undated")?.adjusted == 0)
        #expect(reply.passages.map(\.rank) == [1, 2, 3, 4, 5])
        #expect(reply.passages.map(\.scores.fused) == reply.passages.map(\.scores.fused).sorted(by: >))
    }

    @Test func wordsInTitleAndHeadingsCountWhereThatIsAskedFor() async throws {
        let bench = try await bench()
        let reply = try await bench.ask("ferry leaves", topK: 5) {
            $0.retrieval.boosts = FieldBoosts(title: 1, heading: 1)
            $0.retrieval.isExplained = true
        }
        #expect(reply.documents.first == "headed")
        #expect(reply.parts("headed")?.title == 0.5)
        #expect(reply.parts("headed")?.heading == 1)
        #expect(reply.parts("train")?.title == 0)
        #expect(reply.passages.allSatisfy { (0...1).contains($0.scores.fused) })
    }

    @Test func passagesUnlikeEachOtherAreChosenWhereThatIsAskedFor() async throws {
        let bench = try await RetrievalBench([
            BenchDocument("a", "The ferry leaves the old harbour at nine."),
            BenchDocument("b", "The ferry leaves the old harbour at ten."),
            BenchDocument("c", "A ferry ticket costs four crowns, and children travel free."),
        ])
        func documents(_ share: Float?) async throws -> [String] {
            let reply = try await bench.ask("When does the ferry leave the old harbour?", topK: 2) { $0.retrieval.relevanceShare = share }
            #expect(reply.passages.map(\.rank) == [1, 2])
            return reply.documents
        }
        let plain = try await documents(nil)
        #expect(Set(plain) == ["a", "b"])
        #expect(try await documents(1) == plain)
        #expect(try await documents(0.3) == [plain[0], "c"])
    }

    @Test func theDeadlineIsLookedAtBetweenSearches() async throws {
        let bench = try await bench()
        let error = await #expect(throws: RAGError.self) {
            try await bench.ask("ferry") {
                $0.retrieval.expansion = .prf
                $0.deadline = .after(.zero)
            }
        }
        #expect(error?.code == .deadlineExceeded)
    }
}
