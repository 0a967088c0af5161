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
import Testing

/// A request that is wrong in one way, and what the server must say of it.
struct BadInput: Sendable, CustomTestStringConvertible {
    var name: String
    var method: HTTPRequest.Method = .post
    var uri: String
    var body: String?
    var contentType: String? = "application/json"
    var status: Int
    var code: String
    var field: String?
    var testDescription: String { name }

    static func query(_ name: String, _ body: String, _ code: String, _ field: String? = nil, status: Int = 400) -> BadInput {
        BadInput(name: name, uri: "/query", body: body, status: status, code: code, field: field)
    }

    static func index(_ name: String, _ body: String, _ code: String, _ field: String? = nil, status: Int = 400) -> BadInput {
        BadInput(name: name, uri: "/index", body: body, status: status, code: code, field: field)
    }

    static func filter(_ name: String, _ filter: String, _ field: String, code: String = "invalid_field") -> BadInput {
        query("filter: \(name)", "{\"query\":\"x\",\"filter\":\(filter)}", code, field)
    }

    static func get(_ name: String, _ uri: String, _ status: Int, _ code: String, _ field: String? = nil) -> BadInput {
        BadInput(name: name, method: .get, uri: uri, status: status, code: code, field: field)
    }

    static func document(_ name: String, _ document: String, _ field: String, code: String = "invalid_field") -> BadInput {
        index("document: \(name)", "{\"documents\":[\(document)]}", code, field)
    }

    static let queries: [BadInput] = [
        query("empty body", "", "malformed_body"),
        query("not JSON", "query=x", "malformed_body"),
        query("bytes after the value", "{\"query\":\"x\"} {}", "malformed_body"),
        query("a key twice", "{\"query\":\"x\",\"query\":\"y\"}", "malformed_body"),
        query("too deep", String(repeating: "[", count: 100), "malformed_body"),
        query("a number out of range", "{\"query\":\"x\",\"top_k\":1e400}", "malformed_body"),
        query("an array", "[]", "invalid_field"),
        query("a string", "\"x\"", "invalid_field"),
        query("no query", "{}", "missing_field", "query"),
        query("null query", "{\"query\":null}", "missing_field", "query"),
        query("query of the wrong type", "{\"query\":5}", "invalid_field", "query"),
        query("empty query", "{\"query\":\"\"}", "invalid_field", "query"),
        query("blank query", "{\"query\":\" \\n\\t\"}", "invalid_field", "query"),
        query("long query", "{\"query\":\"\(String(repeating: "a", count: 8_193))\"}", "invalid_field", "query"),
        query("unknown field", "{\"query\":\"x\",\"topk\":5}", "unknown_field", "topk"),
        query("top_k 0", "{\"query\":\"x\",\"top_k\":0}", "invalid_field", "top_k"),
        query("top_k 101", "{\"query\":\"x\",\"top_k\":101}", "invalid_field", "top_k"),
        query("top_k a fraction", "{\"query\":\"x\",\"top_k\":1.5}", "invalid_field", "top_k"),
        query("top_k a string", "{\"query\":\"x\",\"top_k\":\"5\"}", "invalid_field", "top_k"),
        query("top_k huge", "{\"query\":\"x\",\"top_k\":99999999999999999999}", "invalid_field", "top_k"),
        query("mode", "{\"query\":\"x\",\"mode\":\"fast\"}", "invalid_field", "mode"),
        query("rerank", "{\"query\":\"x\",\"rerank\":\"yes\"}", "invalid_field", "rerank"),
        query("generate", "{\"query\":\"x\",\"generate\":1}", "invalid_field", "generate"),
        query("stream", "{\"query\":\"x\",\"stream\":[]}", "invalid_field", "stream"),
        query("deadline 0", "{\"query\":\"x\",\"deadline_ms\":0}", "invalid_field", "deadline_ms"),
        query("deadline too long", "{\"query\":\"x\",\"deadline_ms\":120001}", "invalid_field", "deadline_ms"),
        query("group", "{\"query\":\"x\",\"group\":\"page\"}", "invalid_field", "group"),
        query("too large", "{\"query\":\"\(String(repeating: "a", count: 2_100_000))\"}", "too_large", status: 413),
        filter("a string", "\"x\"", "filter"),
        filter("a list as a value", "{\"lang\":[\"en\"]}", "filter.lang"),
        filter("null as a value", "{\"lang\":null}", "filter.lang"),
        filter("an empty condition", "{\"lang\":{}}", "filter.lang"),
        filter("an unknown condition", "{\"lang\":{\"like\":\"e%\"}}", "filter.lang.like", code: "unknown_field"),
        filter("in without a list", "{\"lang\":{\"in\":\"en\"}}", "filter.lang.in"),
        filter("in with an empty list", "{\"lang\":{\"in\":[]}}", "filter.lang.in"),
        filter("in with an object", "{\"lang\":{\"in\":[{}]}}", "filter.lang.in[0]"),
        filter("a boolean bound", "{\"year\":{\"gt\":true}}", "filter.year.gt"),
        filter("bounds of two types", "{\"year\":{\"gt\":1,\"lt\":\"2\"}}", "filter.year"),
        filter("exists with a string", "{\"year\":{\"exists\":\"yes\"}}", "filter.year.exists"),
        filter("an empty and", "{\"and\":[]}", "filter.and"),
        filter("an or that is no list", "{\"or\":{\"a\":1}}", "filter.or"),
        filter("an empty filter inside", "{\"and\":[{}]}", "filter.and[0]"),
        filter("a not that is no filter", "{\"not\":true}", "filter.not"),
        filter(
            "eleven levels",
            String(repeating: "{\"not\":", count: 10) + "{\"a\":1}" + String(repeating: "}", count: 10),
            "filter" + String(repeating: ".not", count: 10)
        ),
        filter("101 conditions", "{\"and\":[" + (0..<101).map { "{\"f\":\($0)}" }.joined(separator: ",") + "]}", "filter.and[100].f"),
    ]

    static let indexes: [BadInput] = [
        index("no documents", "{}", "missing_field", "documents"),
        index("empty documents", "{\"documents\":[]}", "invalid_field", "documents"),
        index("documents no list", "{\"documents\":{}}", "invalid_field", "documents"),
        index("unknown field", "{\"docs\":[]}", "unknown_field", "docs"),
        index("wait", "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"}],\"wait\":\"no\"}", "invalid_field", "wait"),
        index(
            "1,001 documents",
            "{\"documents\":[" + (0...1_000).map { "{\"id\":\"\($0)\",\"text\":\"x\"}" }.joined(separator: ",") + "]}",
            "too_large",
            "documents",
            status: 413
        ),
        index(
            "the same id twice",
            "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"},{\"id\":\"b\",\"text\":\"x\"},{\"id\":\"a\",\"text\":\"y\"}]}",
            "invalid_field",
            "documents[2].id"
        ),
        document("not an object", "5", "documents[0]"),
        document("no id", "{\"text\":\"x\"}", "documents[0].id", code: "missing_field"),
        document("no text", "{\"id\":\"a\"}", "documents[0].text", code: "missing_field"),
        document("a number as id", "{\"id\":7,\"text\":\"x\"}", "documents[0].id"),
        document("an empty id", "{\"id\":\"\",\"text\":\"x\"}", "documents[0].id"),
        document("a control character in the id", "{\"id\":\"a\\u0000\",\"text\":\"x\"}", "documents[0].id"),
        document("a long id", "{\"id\":\"\(String(repeating: "i", count: 513))\",\"text\":\"x\"}", "documents[0].id"),
        document("unknown field", "{\"id\":\"a\",\"text\":\"x\",\"body\":\"y\"}", "documents[0].body", code: "unknown_field"),
        document("format", "{\"id\":\"a\",\"text\":\"x\",\"format\":\"docx\"}", "documents[0].format"),
        document("metadata no object", "{\"id\":\"a\",\"text\":\"x\",\"metadata\":[]}", "documents[0].metadata"),
        document("nested metadata", "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"k\":{\"a\":1}}}", "documents[0].metadata.k"),
        document("a list in a list", "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"k\":[[1]]}}", "documents[0].metadata.k"),
        document("a reserved name", "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"not\":1}}", "documents[0].metadata.not"),
        document("title of the wrong type", "{\"id\":\"a\",\"text\":\"x\",\"title\":[\"t\"]}", "documents[0].title"),
        document("a control character in the title", "{\"id\":\"a\",\"text\":\"x\",\"title\":\"t\\u0000\"}", "documents[0].title"),
        document("a line break in the url", "{\"id\":\"a\",\"text\":\"x\",\"url\":\"u\\n\"}", "documents[0].url"),
        document("a long url", "{\"id\":\"a\",\"text\":\"x\",\"url\":\"\(String(repeating: "u", count: 4_097))\"}", "documents[0].url"),
    ]

    static let others: [BadInput] = [
        BadInput(
            name: "no content type",
            uri: "/query",
            body: "{}",
            contentType: "",
            status: 415,
            code: "unsupported_media_type",
            field: "Content-Type"
        ),
        BadInput(
            name: "text as content type",
            uri: "/query",
            body: "{}",
            contentType: "text/plain",
            status: 415,
            code: "unsupported_media_type",
            field: "Content-Type"
        ),
        BadInput(
            name: "another charset",
            uri: "/query",
            body: "{}",
            contentType: "application/json; charset=latin1",
            status: 415,
            code: "unsupported_media_type",
            field: "Content-Type"
        ),
        BadInput(
            name: "a form",
            uri: "/index?filename=a.txt",
            body: "x",
            contentType: "multipart/form-data; boundary=b",
            status: 415,
            code: "unsupported_media_type",
            field: "Content-Type"
        ),
        BadInput(
            name: "a file without a name",
            uri: "/index",
            body: "x",
            contentType: "application/pdf",
            status: 415,
            code: "unsupported_media_type",
            field: "Content-Type"
        ),
        BadInput(
            name: "a control character in an upload's title",
            uri: "/index?filename=a.txt&title=t%00",
            body: "x",
            contentType: "text/plain",
            status: 400,
            code: "invalid_field",
            field: "title"
        ),
        BadInput(
            name: "an empty file",
            uri: "/index?filename=a.txt",
            body: "",
            contentType: "text/plain",
            status: 400,
            code: "malformed_body"
        ),
        BadInput(
            name: "an unknown upload parameter",
            uri: "/index?filename=a.txt&name=x",
            body: "x",
            contentType: "text/plain",
            status: 400,
            code: "unknown_field",
            field: "name"
        ),
        BadInput(
            name: "an upload's wait",
            uri: "/index?filename=a.txt&wait=1",
            body: "x",
            contentType: "text/plain",
            status: 400,
            code: "invalid_field",
            field: "wait"
        ),
        BadInput(name: "parameters beside JSON", uri: "/index?wait=false", body: "{}", status: 400, code: "unknown_field", field: "wait"),
        get("limit 0", "/documents?limit=0", 400, "invalid_field", "limit"),
        get("limit too large", "/documents?limit=1001", 400, "invalid_field", "limit"),
        get("limit no number", "/documents?limit=ten", 400, "invalid_field", "limit"),
        get("a parameter twice", "/documents?limit=1&limit=2", 400, "invalid_field", "limit"),
        get("an unknown parameter", "/documents?page=2", 400, "unknown_field", "page"),
        get("a broken escape in a parameter", "/documents?prefix=%zz", 400, "invalid_field", "query string"),
        get("a broken escape in an id", "/documents/%zz", 400, "invalid_field", "id"),
        get("an id that is not UTF-8", "/documents/%ff", 400, "invalid_field", "id"),
        get("a control character in an id", "/documents/%00", 400, "invalid_field", "id"),
        get("an id that does not exist", "/documents/none", 404, "not_found"),
        get("a text that does not exist", "/documents/none/text", 404, "not_found"),
        get("revision 0", "/documents/none/text?revision=0", 400, "invalid_field", "revision"),
        get("a job that does not exist", "/jobs/none", 404, "not_found"),
        get("a path that does not exist", "/nothing", 404, "not_found"),
        get("a page's file that does not exist", "/page/other.js", 404, "not_found"),
        get("an id with a bare slash", "/documents/a/b", 404, "not_found"),
        get("an empty id", "/documents/", 404, "not_found"),
        get("the wrong method", "/query", 405, "method_not_allowed"),
        BadInput(name: "an unknown method", method: .patch, uri: "/documents/a", status: 405, code: "method_not_allowed"),
        BadInput(name: "withdrawing what does not exist", method: .delete, uri: "/documents/none", status: 404, code: "not_found"),
    ]
}

@Suite struct BadInputTests {
    @Test(arguments: BadInput.queries + BadInput.indexes + BadInput.others)
    func badInputIsNamedAndTheServerStillAnswers(_ input: BadInput) async throws {
        try await Fixture().application.test(.router) { client in
            var headers: HTTPFields = [:]
            if let type = input.contentType, !type.isEmpty, input.body != nil { headers[.contentType] = type }
            let response = try await client.execute(
                uri: input.uri,
                method: input.method,
                headers: headers,
                body: input.body.map { ByteBuffer(string: $0) }
            )
            #expect(response.status.code == input.status)
            #expect(response.headers[.contentType] == "application/problem+json")
            let problem = try JSONValue(parsing: Array(response.body.readableBytesView))
            #expect(problem["code"] == .string(input.code))
            #expect(problem["field"]?.string == input.field)
            #expect(problem["status"] == .integer(Int64(input.status)))
            #expect(problem["detail"]?.string?.isEmpty == false)
            #expect(problem["request_id"]?.string == response.headers[HTTPFields.Element.Name("X-Request-ID") ?? .accept])
            let live = try await client.send(.get, "/health/live")
            #expect(live.status == 200)
        }
    }

    @Test func aWrongMethodSaysWhichAreRight() async throws {
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.put, "/documents/a")
            #expect(reply.headers[.allow] == "GET, DELETE, HEAD")
        }
    }

    @Test func aCompressedBodyIsRefused() async throws {
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.post, "/query", json: "{}", headers: [.contentEncoding: "gzip"])
            #expect(reply.status == 415)
        }
    }
}
