// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import RAGCore
import RAGHTTP
import Testing

@Suite struct DocumentRouteTests {
    @Test(arguments: [
        ("plain", "plain"), ("a/b/c", "a%2Fb%2Fc"), ("a/text", "a%2ftext"), ("text", "text"), ("ü 100%?#", "%C3%BC%20100%25%3F%23"),
        ("日本語", "%E6%97%A5%E6%9C%AC%E8%AA%9E"), ("a+b", "a+b"), ("..", ".."), ("//", "%2F%2F"),
    ])
    func anyIDCanBeReadAndWithdrawn(_ id: String, _ encoded: String) async throws {
        let fixture = try Fixture()
        try await fixture.publish(id, text: "Grüße")
        try await fixture.application.test(.router) { client in
            let read = try await client.send(.get, "/documents/\(encoded)")
            #expect(read.status == 200)
            let json = try read.json
            #expect(json["id"] == .string(id))
            #expect(json["revision"] == .integer(1))
            #expect(json["hash"] == .string(Sample.hash.rawValue))
            #expect(json["metadata"] == .object(["lang": .string("en")]))
            #expect(json["revisions"]?.array?.count == 1)
            #expect(json["created_at"]?.string?.hasSuffix("Z") == true)
            let text = try await client.send(.get, "/documents/\(encoded)/text?revision=1")
            #expect(text.text == "Grüße")
            #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(text.headers[.eTag] == "\"\(Sample.hash)\"")
            #expect(try await client.send(.get, "/documents/\(encoded)/text?revision=2").status == 404)
            let gone = try await client.send(.delete, "/documents/\(encoded)")
            #expect(gone.status == 200)
            #expect(try gone.json["withdrawn"] == .bool(true))
            #expect(
                try gone.json["proof"]
                    == .object(["text": .integer(0), "vectors": .integer(0), "terms": .integer(0), "cache": .integer(0)])
            )
            #expect(try await client.send(.get, "/documents/\(encoded)").status == 404)
        }
    }

    @Test func documentsAreListedInPages() async throws {
        let fixture = try Fixture()
        for id in ["a", "b/1", "b/2", "c"] { try await fixture.publish(id, text: "x") }
        try await fixture.application.test(.router) { client in
            let ids = { (value: JSONValue) in value["documents"]?.array?.compactMap { $0["id"]?.string } }
            let first = try await client.send(.get, "/documents?limit=3").json
            #expect(ids(first) == ["a", "b/1", "b/2"])
            #expect(first["next"] == .string("b/2"))
            let second = try await client.send(.get, "/documents?limit=3&after=b%2F2").json
            #expect(ids(second) == ["c"])
            #expect(second["next"] == .null)
            #expect(ids(try await client.send(.get, "/documents?prefix=b/").json) == ["b/1", "b/2"])
        }
    }

    @Test func headIsGetWithoutABody() async throws {
        let fixture = try Fixture()
        try await fixture.publish("a", text: "hello")
        try await fixture.application.test(.router) { client in
            let reply = try await client.send(.head, "/documents/a/text")
            #expect(reply.status == 200)
            #expect(reply.headers[.contentLength] == "5")
            #expect(reply.bytes.isEmpty)
        }
    }
}
