// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore
import RAGPipeline
import Testing

@testable import RAGHTTP

@Suite struct OpenAPITests {
    private let document: JSONValue
    private let schemas: [String: JSONValue]

    init() throws {
        document = try JSONValue(parsing: Array(OpenAPIDocument.json.utf8))
        schemas = try #require(document["components"]?["schemas"]?.object)
    }

    private func properties(_ schema: String) -> Set<String> { Set(schemas[schema]?["properties"]?.object?.keys.map { $0 } ?? []) }

    @Test func everyEndpointIsDescribedAndNothingElseIs() throws {
        let table = makeResponder(try Fixture().services, settings: HTTPSettings()).table
        let served = Set(table.endpoints.map { "\($0.method.rawValue.lowercased()) \($0.path)" })
        var described: Set<String> = []
        for (path, item) in try #require(document["paths"]?.object) {
            for method in item.object?.keys.filter({ $0 != "parameters" }) ?? [] { described.insert("\(method) \(path)") }
        }
        #expect(served == described)
    }

    @Test func requestFieldsAreTheOnesThatAreRead() {
        #expect(properties("QueryRequest") == Set(QueryBody.fields))
        #expect(properties("IndexRequest") == Set(IndexBody.fields))
        #expect(properties("DocumentInput") == Set(DocumentBody.fields))
        #expect(properties("Condition") == Set(FilterBody.conditionWords))
        #expect(properties("Filter") == Set(FilterBody.reservedWords))
    }

    @Test func uploadParametersAreTheOnesThatAreRead() {
        let names = document["paths"]?["/index"]?["post"]?["parameters"]?.array?.compactMap { $0["name"]?.string }
        #expect(Set(names ?? []) == Set(IndexBody.uploadParameters))
    }

    @Test func everyErrorCodeIsListed() {
        let listed = schemas["Code"]?["enum"]?.array?.compactMap(\.string)
        #expect(listed == ErrorMapping.codes.map(\.rawValue))
    }

    @Test func everyReferenceHasATarget() throws {
        var references: Set<String> = []
        collect(document, &references)
        for reference in references {
            let path = reference.split(separator: "/").dropFirst()
            let target = path.reduce(document as JSONValue?) { $0?[String($1)] }
            #expect(target != nil, "\(reference)")
        }
    }

    private func collect(_ value: JSONValue, _ references: inout Set<String>) {
        if let reference = value["$ref"]?.string { references.insert(reference) }
        for member in value.object.map({ Array($0.values) }) ?? value.array ?? [] { collect(member, &references) }
    }

    @Test func replyFieldsAreTheOnesThatAreWritten() throws {
        let keys = { (bytes: [UInt8]) throws in Set(try JSONValue(parsing: bytes).object?.keys.map { $0 } ?? []) }
        let reply = try JSONValue(parsing: AnswerEncoding.reply(Sample.reply(), requestID: "r"))
        // An explanation is written only where it was asked for.
        #expect(Set(reply.object?.keys.map { $0 } ?? []) == properties("QueryReply").subtracting(["explain"]))
        let passage = reply["passages"]?.array?.first
        #expect(Set(passage?.object?.keys.map { $0 } ?? []) == properties("Passage").subtracting(["explain"]))
        #expect(try keys(AnswerEncoding.citation(Sample.citation())) == properties("Citation"))
        #expect(try keys(Problem(RAGError(.internal, "x"), requestID: "r").bytes) == properties("Problem"))
        let job = JobRecord(id: JobID(rawValue: "j"), status: .done, total: 1, indexed: 1, unchanged: 0, failed: 0, failures: [])
        #expect(try keys(IndexEncoding.job(job, requestID: "r")) == properties("Job"))
        let accepted = IndexEncoding.accepted(JobID(rawValue: "j"), timings: StageTimings(), requestID: "r")
        #expect(try keys(accepted) == properties("IndexReply"))
        let revision = Revision(
            document: try DocumentID("a"),
            number: 1,
            hash: Sample.hash,
            createdAt: 0,
            title: nil,
            url: nil,
            metadata: [:],
            format: .plain,
            length: 1
        )
        let record = DocumentRecord(current: revision, chunks: 1, generation: "g", revisions: [revision])
        let encoded = DocumentEncoding.record(record, requestID: "r")
        #expect(try keys(encoded) == properties("Document"))
        let first = try JSONValue(parsing: encoded)["revisions"]?.array?.first
        #expect(Set(first?.object?.keys.map { $0 } ?? []) == properties("Revision"))
        let withdrawal = Withdrawal(
            document: try DocumentID("a"),
            revisions: 1,
            chunks: 1,
            text: .count(0),
            vectors: .count(0),
            terms: .count(0),
            cache: .pending
        )
        let gone = try JSONValue(parsing: DocumentEncoding.withdrawal(withdrawal, requestID: "r"))
        #expect(Set(gone.object?.keys.map { $0 } ?? []) == properties("Withdrawal"))
        #expect(gone["proof"]?["cache"] == .string("pending"))
    }
}
