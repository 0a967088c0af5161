// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite("Surroundings") struct SurroundingsTests {
    private static let guide = BenchDocument(
        "guide",
        "The harbour office opens at seven in the morning on working days.",
        "The ferry to the island leaves the harbour at nine. It is the only ferry.",
        "A seat has to be booked by telephone on the day before.",
        "Bread is baked at four in the morning behind the church.",
        headings: [["Ferry"], ["Ferry"], ["Ferry"], ["Bakery"]]
    )
    private let question = "When does the ferry to the island leave?"

    private func answer(
        _ pieces: [String],
        neighbours: Int = 1,
        budget: Int = 24_000
    ) async throws -> (reply: AnswerReply, prompt: Prompt, store: any KnowledgeStore) {
        var bench = try await RetrievalBench([Self.guide])
        bench.settings.contextNeighbours = neighbours
        bench.settings.promptBudget = budget
        let generator = ScriptedGenerator(pieces: pieces)
        let reply = try await bench.ask(question, generator, topK: 1) { $0.generate = true }
        return (reply, try #require(generator.prompts.first), bench.store)
    }

    @Test func theModelReadsTheSectionAroundAPassage() async throws {
        let prompt = try await answer(["The ferry leaves at nine [1]."]).prompt.user
        let opening = try #require(prompt.firstRange(of: "office opens at seven"))
        let ferry = try #require(prompt.firstRange(of: "leaves the harbour at nine"))
        let seat = try #require(prompt.firstRange(of: "has to be booked"))
        #expect(opening.upperBound < ferry.lowerBound && ferry.upperBound < seat.lowerBound)
        #expect(!prompt.contains("Bread"), "another section does not belong to it")
        #expect(prompt.split(separator: "<passage ").count == 2)
        #expect(!(try await answer(["Nine [1]."], neighbours: 0)).prompt.user.contains("office opens"))
    }

    @Test func aQuoteFromANeighbourStandsWhereItsCitationSays() async throws {
        let (reply, _, store) = try await answer([
            "The ferry to the island leaves the harbour at nine [1]. A seat has to be booked by telephone on the day before [1]. ",
            "Bread is baked at four in the morning behind the church [1].",
        ])
        #expect(reply.degraded == ["citations_removed"], "\(reply.answer ?? "")")
        #expect(reply.citations.count == 2)
        let stored = try #require(try await store.text(of: try DocumentID("guide"), revision: nil, in: RetrievalBench.scope))
        for citation in reply.citations {
            #expect(citation.verified)
            #expect(citation.marker == 1)
            #expect(stored.text.bytes(in: citation.range).map(String.init) == citation.quote)
        }
        #expect(reply.citations.last?.quote == "A seat has to be booked by telephone on the day before.")
        let without = try await answer(["A seat has to be booked by telephone on the day before [1]."], neighbours: 0).reply
        #expect(without.citations.isEmpty)
    }

    @Test func whatIsAPassageItselfIsNoNeighbourOfAnother() async throws {
        let bench = try await RetrievalBench([Self.guide])
        let generator = ScriptedGenerator(pieces: ["Nine [1]."])
        let reply = try await bench.ask(question, generator, topK: 10) {
            $0.generate = true
            $0.groupByDocument = false
        }
        #expect(reply.passages.count == 4)
        let prompt = try #require(generator.prompts.first).user
        #expect(prompt.split(separator: "<passage ").count == 5)
        #expect(prompt.ranges(of: "office opens at seven").count == 1)
    }

    @Test func neighboursTakeOnlyTheRoomThatAllPassagesLeave() async throws {
        let small = try await answer(["Nine [1]."], budget: 200).prompt.user
        #expect(small.contains("leaves the harbour at nine"))
        #expect(!small.contains("office opens"))
    }
}
