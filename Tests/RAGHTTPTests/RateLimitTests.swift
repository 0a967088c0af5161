// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import HummingbirdTesting
import Logging
import RAGCore
import RAGHTTP
import RAGPipeline
import Synchronization
import Testing

/// A limiter that a test scripts, and that records what it is asked.
private final class ScriptedLimiter: RateLimiter {
    struct Call: Sendable, Equatable {
        var cost: Int
        var quota: String
        var tenant: String
    }

    private let state = Mutex<[Call]>([])
    private let verdict: RateVerdict?

    init(_ verdict: RateVerdict?) { self.verdict = verdict }

    var calls: [Call] { state.withLock { $0 } }

    func take(_ cost: Int, owed: Int, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict? {
        state.withLock { $0.append(Call(cost: cost, quota: quota.name, tenant: scope.tenant)) }
        return verdict
    }
}

@Suite struct RateLimitTests {
    private static let query = #"{"query":"q"}"#
    private static let documents = #"{"documents":[{"id":"a","text":"x"},{"id":"b","text":"y"}]}"#

    private func application(
        _ limiter: any RateLimiter,
        queries: Int = 60,
        documents: Int = 60,
        fixture: Fixture
    ) -> Application<APIResponder> {
        var services = fixture.services
        services.limits = RateLimiting(limiter, queriesPerMinute: queries, documentsPerMinute: documents)
        return buildApplication(services, settings: fixture.settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func aRefusedQueryIsTooManyRequestsWithTheTimeToRetry() async throws {
        let fixture = try Fixture(keys: Fixture.keys)
        let refusal = RateVerdict(isAdmitted: false, remaining: 0, retryAfter: .milliseconds(2_001), resetAfter: .seconds(60))
        let limiter = ScriptedLimiter(refusal)
        try await application(limiter, fixture: fixture).test(.router) { client in
            let reply = try await client.send(.post, "/query", json: Self.query, key: "acme-read-key-0001")
            #expect(reply.status == 429)
            #expect(reply.header("Retry-After") == "3")
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(reply.header("RateLimit-Policy") == #""queries";q=60;w=60"#)
            #expect(reply.header("RateLimit") == #""queries";r=0;t=60"#)
            #expect(reply.header("Connection") == nil)
            #expect(try reply.json["code"] == .string("rate_limited"))
            #expect(try reply.json["detail"]?.string?.contains("60 queries a minute") == true)
        }
        #expect(limiter.calls == [.init(cost: 1, quota: "queries", tenant: "acme")])
    }

    @Test func aRefusedQueryIsRefusedBeforeItsBodyIsRead() async throws {
        let fixture = try Fixture()
        let limiter = ScriptedLimiter(RateVerdict(isAdmitted: false, remaining: 0, retryAfter: .seconds(1), resetAfter: .seconds(1)))
        try await application(limiter, fixture: fixture).test(.router) { client in
            let large = "{\"query\":\"\(String(repeating: "x", count: 100_000))\"}"
            for body in ["", "nonsense", large] {
                let headers: HTTPFields = [.contentLength: String(body.utf8.count)]
                let reply = try await client.send(.post, "/query", json: body, headers: headers)
                #expect(reply.status == 429)
                #expect(reply.header("Connection") == (body.count > 16_384 ? "close" : nil))
            }
        }
    }

    @Test func anAdmittedQuerySaysWhatIsLeftInAReplyAndInAStream() async throws {
        let fixture = try Fixture()
        let limiter = ScriptedLimiter(RateVerdict(isAdmitted: true, remaining: 41, retryAfter: .zero, resetAfter: .milliseconds(18_200)))
        try await application(limiter, fixture: fixture).test(.router) { client in
            for body in [Self.query, #"{"query":"q","stream":true}"#] {
                let reply = try await client.send(.post, "/query", json: body)
                #expect(reply.status == 200)
                #expect(reply.header("RateLimit") == #""queries";r=41;t=19"#)
            }
        }
    }

    @Test func documentsAreCountedTogetherAndNoneOfARefusedRequestIsTaken() async throws {
        let fixture = try Fixture()
        let refusing = ScriptedLimiter(RateVerdict(isAdmitted: false, remaining: 1, retryAfter: .seconds(1), resetAfter: .seconds(59)))
        try await application(refusing, fixture: fixture).test(.router) { client in
            let reply = try await client.send(.post, "/index", json: Self.documents)
            #expect(reply.status == 429)
            #expect(reply.header("RateLimit") == #""documents";r=1;t=59"#)
            #expect(try await client.send(.post, "/index", json: #"{"documents":[]}"#).status == 400)
        }
        #expect(refusing.calls == [.init(cost: 2, quota: "documents", tenant: "default")])
        #expect(fixture.ingesting.sources.isEmpty)
    }

    @Test func moreDocumentsThanAMinuteAllowsAreTooManyForOneRequest() async throws {
        let fixture = try Fixture()
        let limiter = ScriptedLimiter(nil)
        try await application(limiter, documents: 1, fixture: fixture).test(.router) { client in
            let reply = try await client.send(.post, "/index", json: Self.documents)
            #expect(reply.status == 413)
            #expect(try reply.json["detail"]?.string?.contains("at most 1 documents at once") == true)
        }
        #expect(limiter.calls.isEmpty)
    }

    @Test func whatHasNoQuotaIsNotCounted() async throws {
        let fixture = try Fixture()
        let limiter = ScriptedLimiter(nil)
        try await application(limiter, queries: 0, documents: 5, fixture: fixture).test(.router) { client in
            let reply = try await client.send(.post, "/query", json: Self.query)
            #expect(reply.status == 200 && reply.header("RateLimit") == nil)
            _ = try await client.send(.get, "/documents")
            _ = try await client.send(.get, "/health")
        }
        #expect(limiter.calls.isEmpty)
        #expect(RateLimiting(limiter, queriesPerMinute: 0, documentsPerMinute: 0) == nil)
    }

    @Test func whoIsNotKnownIsNotCounted() async throws {
        let fixture = try Fixture(keys: Fixture.keys)
        let limiter = ScriptedLimiter(nil)
        try await application(limiter, fixture: fixture).test(.router) { client in
            let unknown = try await client.send(.post, "/query", json: Self.query)
            let forbidden = try await client.send(.post, "/index", json: Self.documents, key: "acme-read-key-0001")
            #expect(unknown.status == 401 && forbidden.status == 403)
        }
        #expect(limiter.calls.isEmpty)
    }

    @Test func tenantsAreLimitedEachForItself() async throws {
        let fixture = try Fixture(keys: Fixture.keys)
        try await application(LocalRateLimiter(), queries: 3, fixture: fixture).test(.router) { client in
            for (key, expected) in [
                ("acme-read-key-0001", [200, 200, 200, 429, 429]), ("other-admin-key-0001", [200, 200, 200, 429, 429]),
            ] {
                var statuses: [Int] = []
                for _ in expected { statuses.append(try await client.send(.post, "/query", json: Self.query, key: key).status) }
                #expect(statuses == expected)
            }
            #expect(try await client.send(.post, "/query", json: Self.query, key: "acme-admin-key-0001").status == 429)
        }
    }
}
