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

@Suite struct AuthenticationTests {
    private static let document = "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"}]}"
    /// Method, path, body, and the role that is needed; nil where everybody may.
    private static let operations: [(HTTPRequest.Method, String, String?, APIRole?)] = [
        (.post, "/query", "{\"query\":\"q\"}", .read), (.post, "/index", document, .write), (.get, "/documents", nil, .read),
        (.get, "/documents/shared", nil, .read), (.get, "/documents/shared/text", nil, .read), (.delete, "/documents/shared", nil, .write),
        (.get, "/jobs/none", nil, .read), (.get, "/metrics", nil, .admin), (.get, "/health", nil, nil), (.get, "/health/live", nil, nil),
        (.get, "/health/ready", nil, nil), (.get, "/openapi.json", nil, nil),
    ]

    @Test(arguments: [nil, APIRole.read, .write, .admin])
    func everyRoleMayWhatItMayAndNoMore(_ role: APIRole?) async throws {
        for (method, path, body, needed) in Self.operations {
            let fixture = try Fixture(keys: Fixture.keys)
            try await fixture.publish("shared", text: "x", in: TenantScope(authenticated: "acme"))
            try await fixture.application.test(.router) { client in
                let reply = try await client.send(method, path, json: body, key: role.map { "acme-\($0)-key-0001" })
                let found = path == "/jobs/none" ? 404 : 200
                let expected = needed.map { needed in role.map { $0 >= needed ? found : 403 } ?? 401 } ?? 200
                #expect(reply.status == expected, "\(method) \(path) as \(role.map(\.rawValue) ?? "nobody")")
                if expected == 401 { #expect(reply.headers[.wwwAuthenticate] == "Bearer realm=\"grounded\"") }
            }
        }
    }

    @Test(arguments: [
        "Bearer wrong", "Bearer", "Basic YTpi", "acme-read-key-0001", "Bearer acme-read-key-0001 x", "Bearer acme-read-key-000", "",
    ])
    func credentialsThatAreNotValidAreRefusedEvenWhereNoneAreNeeded(_ header: String) async throws {
        try await Fixture(keys: Fixture.keys).application.test(.router) { client in
            for path in ["/documents", "/health"] {
                let reply = try await client.send(.get, path, headers: [.authorization: header])
                #expect(reply.status == 401)
                #expect(try reply.json["code"] == .string("unauthenticated"))
            }
        }
    }

    @Test func anotherTenantsDocumentAnswersLikeOneThatDoesNotExist() async throws {
        let fixture = try Fixture(keys: Fixture.keys)
        try await fixture.publish("secret", text: "x", in: TenantScope(authenticated: "other"))
        try await fixture.application.test(.router) { client in
            for (method, suffix) in [(HTTPRequest.Method.get, ""), (.get, "/text"), (.delete, "")] {
                let headers: HTTPFields = HTTPFields.Element.Name("X-Request-ID").map { [$0: "same"] } ?? [:]
                let foreign = try await client.send(method, "/documents/secret\(suffix)", key: "acme-admin-key-0001", headers: headers)
                let absent = try await client.send(method, "/documents/absent\(suffix)", key: "acme-admin-key-0001", headers: headers)
                #expect(foreign.status == 404)
                #expect(foreign.bytes == absent.bytes)
                #expect(foreign.headers == absent.headers)
            }
            let own = try await client.send(.get, "/documents/secret", key: "other-admin-key-0001")
            #expect(own.status == 200)
        }
    }

    @Test func theScopeComesFromTheKey() async throws {
        let seen = Recorder<TenantScope>()
        var fixture = try Fixture(keys: Fixture.keys)
        fixture.answering = ScriptedAnswering { _, scope, _ in
            seen.record(scope)
            return try Sample.reply()
        }
        try await fixture.application.test(.router) { client in
            _ = try await client.send(.post, "/query", json: "{\"query\":\"q\"}", key: "other-admin-key-0001")
        }
        #expect(seen.value?.tenant == "other")
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost:8080", true), ("LOCALHOST", true), ("[::1]:8080", true), ("rebound.example", false),
        ("localhost.rebound.example", false), ("127.0.0.1@rebound.example", false), ("localhost:80.rebound.example", false),
        ("[::1].rebound.example", false),
    ])
    func withoutKeysOnlyNamesOfThisMachineAreServed(_ host: String, _ isServed: Bool) async throws {
        try await Fixture().application.test(.live) { client in
            for (path, isOpen) in [("/documents", false), ("/health", true), ("/health/live", true), ("/health/ready", true)] {
                let raw = try RawClient(port: try #require(client.port))
                try raw.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                let reply = try await raw.readToEnd()
                #expect(reply.hasPrefix(isServed || isOpen ? "HTTP/1.1 200" : "HTTP/1.1 403"), "\(path): \(reply)")
                if !isServed { #expect(!reply.contains("dependencies")) }
                if !isServed, !isOpen { #expect(reply.contains("application/problem+json")) }
            }
        }
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("https://127.0.0.1", true), ("http://[::1]:8080", true), ("https://rebound.example", false),
        ("null", false), ("", false), ("file://localhost", false), ("http://localhost.rebound.example", false),
    ])
    func withoutKeysOnlyPagesOfThisMachineAreServed(_ origin: String, _ isServed: Bool) async throws {
        try await Fixture().application.test(.router) { client in
            let reply = try await client.send(.post, "/index", json: Self.document, headers: [.origin: origin])
            #expect(reply.status == (isServed ? 200 : 403))
            if !isServed { #expect(try reply.json["code"] == .string("forbidden")) }
            #expect(try await client.send(.get, "/health/ready", headers: [.origin: origin]).status == 200)
        }
        try await Fixture(keys: Fixture.keys).application.test(.router) { client in
            let reply = try await client.send(.get, "/documents", key: "acme-read-key-0001", headers: [.origin: origin])
            #expect(reply.status == 200)
        }
    }

    @Test func everyMistakeInTheListOfKeysIsReportedAtOnceAndNoKeyIsShown() throws {
        let error = #expect(throws: APIKeyring.Mistakes.self) {
            try APIKeyring(parsing: "acme:read:secret-one,bad tenant:read:k1,acme:owner:k2,acme,acme:read:,acme:write:secret-one,")
        }
        let sentences = try #require(error).sentences
        #expect(sentences.count == 6)
        #expect(!sentences.joined().contains("secret-one"))
    }

    @Test func aKeyMayHoldColonsAndShortKeysAreWarnedOf() throws {
        let keyring = try APIKeyring(parsing: " acme:write:a:b:c , other:read:a-key-that-is-long-enough")
        #expect(keyring.keys.count == 2)
        #expect(keyring.keys[0].role == .write)
        #expect(keyring.warnings.count == 1)
    }
}
