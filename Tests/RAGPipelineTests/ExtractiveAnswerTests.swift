// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Testing

@Suite("Extractive answers") struct ExtractiveAnswerTests {
    private func answer(_ query: String, _ documents: [String: String]? = nil, topK: Int = 3) async throws -> (AnswerBench, AnswerReply) {
        let bench = try await AnswerBench(documents)
        return (bench, try await bench.pipeline().answer(bench.request(query, topK: topK), in: AnswerBench.scope))
    }

    @Test func theSentencesStandWordForWordInTheStoredText() async throws {
        let queries = [
            "How long are backups kept?", "May a request refused with status 400 be sent again?", "How are keys stored?",
            "Are naïve copies of the data folder backups?",
        ]
        for query in queries {
            let (bench, reply) = try await answer(query)
            #expect(!reply.citations.isEmpty)
            #expect(reply.citations.count <= 3)
            #expect(try await bench.everyQuoteStands(reply.citations))
            let text = try #require(reply.answer)
            for citation in reply.citations { #expect(text.contains("\(citation.quote) [\(citation.marker)]")) }
            #expect(
                reply.citations.allSatisfy { citation in reply.passages[citation.marker - 1].source.chunk.document == citation.document }
            )
        }
    }

    @Test func theRightSentenceIsChosen() async throws {
        let (_, reply) = try await answer("How long are backups kept?")
        #expect(reply.citations.contains { $0.quote.contains("kept for 30 days") })
        #expect(reply.model == "extractive")
    }

    @Test func headingsAndTablesAreNoAnswers() async throws {
        let text =
            "# Cache size limit\n\n| cache | size |\n|-------|------|\n\nCache size limit\n\nThe cache size limit is 512 megabytes by default."
        let (_, reply) = try await answer("What is the cache size limit?", ["cache": text], topK: 1)
        #expect(reply.citations.map(\.quote) == ["The cache size limit is 512 megabytes by default."])
    }

    @Test func theSameSentenceIsNotSaidTwice() async throws {
        let sentence = "The cache size limit is 512 megabytes by default."
        let (_, reply) = try await answer("What is the cache size limit?", ["a": sentence, "b": sentence + " Ask us."])
        #expect(reply.citations.count == 1)
    }

    @Test func numbersInBracketsOfTheSourceDoNotLookLikeMarkers() async throws {
        let (_, reply) = try await answer("What is the cache size limit?", ["a": "The cache size limit is 512 megabytes [17]."], topK: 1)
        #expect(reply.answer == "The cache size limit is 512 megabytes. [1]")
        #expect(reply.citations.map(\.quote) == ["The cache size limit is 512 megabytes [17]."])
    }
}
