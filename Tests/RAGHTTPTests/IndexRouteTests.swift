// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import NIOCore
import RAGCore
import RAGHTTP
import RAGTestKit
import Testing

@Suite struct IndexRouteTests {
    @Test func documentsArePublishedEachWithItsResult() async throws {
        let fixture = try Fixture()
        try await fixture.application.test(.router) { client in
            let body = """
                {"documents":[{"id":"a/b","text":"hello","title":"T","url":null,"metadata":{"n":1,"tags":["x",true],"no":null}},
                 {"id":"bad","text":" "},{"id":"page","text":"<p>x</p>","format":"html"},{"id":"md","text":"# x","format":"markdown"}]}
                """
            let reply = try await client.send(.post, "/index", json: body)
            #expect(reply.status == 200)
            let results = try #require(try reply.json["results"]?.array)
            #expect(
                results.first
                    == .object([
                        "id": .string("a/b"), "status": .string("indexed"), "revision": .integer(1), "hash": .string("sha256:00"),
                        "chunks": .integer(2), "warnings": .array([]), "error": .null,
                    ])
            )
            #expect(results[1]["status"] == .string("failed"))
            #expect(results[1]["error"]?["code"] == .string("unreadable_document"))
            #expect(try reply.json["job_id"] == .null)
            #expect(try reply.json["timings_ms"]?["total"]?.number != nil)
        }
        let sources = fixture.ingesting.sources
        #expect(sources[0].metadata == ["n": .number(1), "tags": .list([.string("x"), .boolean(true)])])
        #expect(sources[0].content == .text("hello", format: nil))
        #expect(sources[2].content == .file(Array("<p>x</p>".utf8), name: "page", mediaType: "text/html"))
        #expect(sources[3].content == .text("# x", format: .markdown))
    }

    @Test func workThatIsNotWaitedForBecomesAJob() async throws {
        let fixture = try Fixture()
        try await fixture.publish("seed", text: "seed")
        try await fixture.application.test(.router) { client in
            let reply = try await client.send(
                .post,
                "/index",
                json: "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"},{\"id\":\"b\",\"text\":\"x\"}],\"wait\":false}"
            )
            #expect(reply.status == 202)
            let job = try #require(try reply.json["job_id"]?.string)
            #expect(reply.headers[.location] == "/jobs/\(job)")
            #expect(try reply.json["results"] == .array([]))
            let progress = try await client.send(.get, "/jobs/\(job)")
            #expect(progress.status == 200)
            #expect(try progress.json["status"] == .string("queued"))
            #expect(try progress.json["documents"]?["total"] == .integer(2))
            #expect(try progress.json["error"] == .null)
        }
    }

    @Test func aFileIsARawBodyNamedByItsParameter() async throws {
        let fixture = try Fixture()
        try await fixture.application.test(.router) { client in
            for (uri, type) in [
                ("/index?filename=notes%2Fa+b.md&title=My%20notes", "text/markdown; charset=utf-8"),
                ("/index?filename=x.bin&id=other&url=https%3A%2F%2Fexample.org", "application/octet-stream"),
                ("/index?filename=y.txt", nil as String?),
            ] {
                var headers: HTTPFields = [:]
                headers[.contentType] = type
                let response = try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: "# x"))
                #expect(response.status == .ok)
            }
        }
        let sources = fixture.ingesting.sources
        #expect(sources.map(\.id.rawValue) == ["notes/a b.md", "other", "y.txt"])
        #expect(sources[0].title == "My notes")
        #expect(sources[0].content == .file(Array("# x".utf8), name: "notes/a b.md", mediaType: "text/markdown"))
        #expect(sources[1].url == "https://example.org")
        #expect(sources[1].content == .file(Array("# x".utf8), name: "x.bin", mediaType: nil))
    }
}
