// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import NIOCore
import RAGCore
import RAGPipeline
import Testing

@testable import RAGHTTP

@Suite("Retrieval options on the wire") struct RetrievalBodyTests {
    private func options(_ members: String) throws -> RetrievalOptions {
        try QueryBody(JSONValue(parsing: Array("{\"query\":\"q\"\(members)}".utf8))).request.retrieval
    }

    @Test func everyMemberReachesThePipeline() throws {
        let options = try options(
            """
            ,"explain":true,"fusion":{"method":"rrf","dense_weight":0.25},"mmr":{"lambda":0.75},"boosts":{"title":0.5,"heading":1},
            "recency":{"field":"published_at","half_life_days":7.5,"weight":0.5},"expand":"sub_questions","collapse":false
            """
        )
        #expect(options.isExplained)
        #expect(options.fusion == FusionChoice(method: .reciprocalRank, denseWeight: 0.25))
        #expect(options.relevanceShare == 0.75)
        #expect(options.boosts == FieldBoosts(title: 0.5, heading: 1))
        #expect(options.expansion == .subQuestions)
        #expect(options.collapsesDuplicates == false)
        let recency = try #require(options.recency)
        #expect(recency.field == "published_at")
        #expect(recency.halfLifeDays == 7.5)
        #expect(recency.weight == 0.5)
        #expect(recency.now.truncatingRemainder(dividingBy: 3_600) == 0)
        #expect((0..<3_600).contains(Timestamp.now - recency.now))
    }

    @Test func whatIsAbsentOrNullIsTheDefault() throws {
        #expect(try options("") == RetrievalOptions())
        let nulls = RetrievalBody.fields.map { ",\"\($0)\":null" }.joined()
        #expect(try options(nulls) == RetrievalOptions())
        #expect(try options(",\"fusion\":{},\"boosts\":{}").fusion == FusionChoice())
        #expect(try options(",\"mmr\":{}").relevanceShare == 0.5)
        let recency = try #require(try options(",\"recency\":{\"field\":\"d\"}").recency)
        #expect(recency.halfLifeDays == 30)
        #expect(recency.weight == 0.3)
    }

    @Test(arguments: [
        ("\"explain\":1", "explain", "invalid_field"), ("\"collapse\":\"no\"", "collapse", "invalid_field"),
        ("\"expand\":\"more\"", "expand", "invalid_field"), ("\"expand\":\"prf\",\"mode\":\"dense\"", "expand", "invalid_field"),
        ("\"fusion\":\"rrf\"", "fusion", "invalid_field"), ("\"fusion\":{\"k\":60}", "fusion.k", "unknown_field"),
        ("\"fusion\":{\"method\":\"sum\"}", "fusion.method", "invalid_field"),
        ("\"fusion\":{\"dense_weight\":1.01}", "fusion.dense_weight", "invalid_field"),
        ("\"fusion\":{\"dense_weight\":\"1\"}", "fusion.dense_weight", "invalid_field"),
        ("\"mmr\":0.5", "mmr", "invalid_field"), ("\"mmr\":{\"lambda\":-0.1}", "mmr.lambda", "invalid_field"),
        ("\"boosts\":{\"title\":2}", "boosts.title", "invalid_field"), ("\"boosts\":{\"url\":1}", "boosts.url", "unknown_field"),
        ("\"recency\":{}", "recency.field", "missing_field"), ("\"recency\":{\"field\":null}", "recency.field", "missing_field"),
        ("\"recency\":{\"field\":5}", "recency.field", "invalid_field"), ("\"recency\":{\"field\":\"\"}", "recency.field", "missing_field"),
        ("\"recency\":{\"field\":\"d\",\"half_life_days\":0}", "recency.half_life_days", "invalid_field"),
        ("\"recency\":{\"field\":\"d\",\"weight\":true}", "recency.weight", "invalid_field"),
        ("\"recency\":{\"field\":\"d\",\"decay\":1}", "recency.decay", "unknown_field"),
    ])
    func whatIsWrongIsNamed(members: String, field: String, code: String) throws {
        let error = #expect(throws: RAGError.self) { try options("," + members) }
        #expect(error?.code.rawValue == code)
        #expect(error?.field == field)
    }

    @Test func theContractListsWhatIsRead() throws {
        let schemas = try JSONValue(parsing: Array(OpenAPIDocument.json.utf8))["components"]?["schemas"]
        func properties(_ schema: String) -> Set<String> { Set(schemas?[schema]?["properties"]?.object?.keys.map { $0 } ?? []) }
        #expect(properties("FusionOptions") == Set(RetrievalBody.fusionFields))
        #expect(properties("RecencyOptions") == Set(RetrievalBody.recencyFields))
        #expect(properties("DiversityOptions") == Set(RetrievalBody.diversityFields))
        #expect(properties("BoostOptions") == Set(RetrievalBody.boostFields))
        let words = schemas?["QueryRequest"]?["properties"]?["expand"]?["enum"]?.array?.compactMap(\.string)
        #expect(words == QueryExpansion.allCases.map(\.rawValue))
        let explained = try JSONValue(parsing: AnswerEncoding.reply(Self.explainedReply(), requestID: "r"))
        func members(_ value: JSONValue?) -> Set<String> { Set(value?.object?.keys.map { $0 } ?? []) }
        #expect(members(explained["explain"]) == properties("Explanation"))
        #expect(members(explained["passages"]?.array?.first?["explain"]) == properties("PassageExplanation"))
    }

    private static func explainedReply() throws -> AnswerReply {
        var reply = try Sample.reply()
        let weighing = FusionWeighing(method: .minMax, denseWeight: 0.5, reason: "the server's setting")
        var explanation = RetrievalExplanation(mode: .hybrid, fusion: weighing, expansion: .prf)
        explanation.expansions = ["required"]
        explanation.recency = RecencyPreference(field: "d", now: 0)
        explanation.relevanceShare = 0.5
        explanation.boosts = FieldBoosts(title: 0.1)
        explanation.steps.add("search", .microseconds(1_500))
        let chunk = try #require(reply.passages.first?.source.chunk)
        let other = ChunkReference(document: try DocumentID("copy"), revision: 1, ordinal: 0)
        explanation.collapsed = [RetrievalExplanation.Collapsed(chunk: other, shown: chunk)]
        explanation.passages[chunk] = PassageExplanation(fused: 0.8)
        reply.notes.explanation = explanation
        reply.notes.duplicates[chunk] = [other.document]
        return reply
    }

    @Test func anExplanationIsWrittenWhereItWasAskedFor() throws {
        let plain = try JSONValue(parsing: AnswerEncoding.reply(Sample.reply(), requestID: "r"))
        #expect(plain["explain"] == nil)
        #expect(plain["passages"]?.array?.first?["explain"] == nil)
        #expect(plain["passages"]?.array?.first?["duplicates"] == .array([]))
        let reply = try Self.explainedReply()
        let json = try JSONValue(parsing: AnswerEncoding.reply(reply, requestID: "r"))
        let explain = try #require(json["explain"])
        #expect(explain["fusion"]?["why"] == .string("the server's setting"))
        #expect(explain["expansions"] == .array([.string("required")]))
        #expect(explain["recency"]?["from"] == .string("1970-01-01T00:00:00.000Z"))
        #expect(explain["collapsed"]?.array?.first?["document_id"] == .string("copy"))
        #expect(explain["collapsed"]?.array?.first?["shown_document_id"] == .string("rfc/2119"))
        #expect(explain["steps_ms"]?["search"] == .number(1.5))
        let passage = try #require(json["passages"]?.array?.first)
        #expect(passage["duplicates"] == .array([.string("copy")]))
        #expect(passage["explain"]?["fused"] == .number(0.8))
        #expect(passage["explain"]?["score"] == .number(0.83))
        #expect(passage["explain"]?["recency"] == .null)
        let event = try JSONValue(parsing: AnswerEncoding.passages(reply.passages, reply.notes))
        #expect(event["passages"] == json["passages"])
    }
}
