// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import NIOCore
import RAGCore
import Testing

@testable import RAGHTTP

@Suite struct PageRouteTests {
    private let files = PageRoutes().files

    @Test func thePageNeedsNoKeyAndNoLoopbackName() async throws {
        for fixture in [try Fixture(), try Fixture(keys: Fixture.keys)] {
            try await fixture.application.test(.router) { client in
                for path in ["/", "/?source=bookmark", "/page/main.js"] {
                    let (open, withKey) = (try await client.send(.get, path), try await client.send(.get, path, key: "nobodys-key-0001"))
                    #expect(open.status == 200 && withKey.status == 200, "\(path)")
                }
            }
        }
    }

    @Test func everyFileSaysWhatItIsAndWhatItMayDo() async throws {
        try await Fixture().application.test(.router) { client in
            let types = ["html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"]
            for path in ["/"] + files.keys.map({ "/page/\($0)" }) {
                let reply = try await client.send(.get, path)
                #expect(reply.status == 200)
                let ending = path == "/" ? "html" : String(path.split(separator: ".").last ?? "")
                let type = try #require(types[ending])
                #expect(reply.header("Content-Type")?.hasPrefix(type) == true, "\(path)")
                #expect(reply.header("X-Content-Type-Options") == "nosniff")
                #expect(reply.header("Referrer-Policy") == "no-referrer")
                #expect(reply.header("Cache-Control") == "no-cache")
                let policy = try #require(reply.header("Content-Security-Policy"))
                for rule in [
                    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
                    "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
                ] {
                    #expect(policy.contains(rule), "\(path)")
                }
                #expect(!policy.contains("unsafe"))
                #expect(!reply.bytes.isEmpty)
            }
        }
    }

    @Test func aFileThatTheClientHoldsIsNotSentAgain() async throws {
        try await Fixture().application.test(.router) { client in
            let tag = try #require(try await client.send(.get, "/page/style.css").header("ETag"))
            #expect(tag.utf8.count == 34)
            for condition in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let reply = try await client.send(.get, "/page/style.css", headers: [.ifNoneMatch: condition])
                #expect(reply.status == 304, "\(condition)")
                #expect(reply.bytes.isEmpty)
                #expect(reply.header("ETag") == tag)
            }
            for condition in ["\"other\"", tag.replacing("\"", with: ""), ""] {
                let reply = try await client.send(.get, "/page/style.css", headers: [.ifNoneMatch: condition])
                #expect(reply.status == 200)
            }
        }
    }

    @Test func headIsGetWithoutTheBody() async throws {
        try await Fixture().application.test(.router) { client in
            for path in ["/", "/page/main.js"] {
                let (get, head) = (try await client.send(.get, path), try await client.send(.head, path))
                #expect(head.status == 200)
                #expect(head.bytes.isEmpty)
                #expect(head.header("Content-Length") == String(get.bytes.count))
                #expect(head.header("ETag") == get.header("ETag"))
            }
        }
    }

    @Test func whatThePageLacksIsAProblemLikeAnyOther() async throws {
        try await Fixture().application.test(.router) { client in
            for path in ["/page/", "/page/other.js", "/page/..%2Findex.html", "/page/index.html", "/page/%FF"] {
                let reply = try await client.send(.get, path)
                #expect(reply.status == 404 || reply.status == 400, "\(path)")
                #expect(reply.header("Content-Type") == "application/problem+json")
                #expect(reply.header("Content-Security-Policy")?.contains("sandbox") == true)
            }
            let wrong = try await client.send(.post, "/")
            #expect(wrong.status == 405)
            #expect(wrong.header("Allow") == "GET, HEAD")
        }
    }

    @Test func everythingThatThePageNamesIsServed() throws {
        let page = String(decoding: PageRoutes().page.body.readableBytesView, as: UTF8.self)
        var named = page.matches(of: /(?:src|href)="page\/([^"]+)"/).map { String($0.1) }
        for (name, file) in files where name.hasSuffix(".js") {
            named += String(decoding: file.body.readableBytesView, as: UTF8.self).matches(of: /from "\.\/([^"]+)"/).map { String($0.1) }
        }
        #expect(Set(named) == Set(files.keys))
        #expect(!page.contains("http://") && !page.contains("https://"), "the page works without a network")
        #expect(page.firstMatch(of: /\son[a-z]+="|style="|javascript:/) == nil, "scripts and styles stand in files")
    }

    @Test func noScriptReadsTextAsMarkup() throws {
        for (name, file) in files where name.hasSuffix(".js") {
            let text = String(decoding: file.body.readableBytesView, as: UTF8.self)
            for word in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc", "localStorage",
                "document.cookie",
            ] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
        }
    }
}
