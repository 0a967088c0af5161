// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import Metrics
package import RAGCore

/// Holds tenants to their quotas; what has none is not counted.
package struct RateLimiting: Sendable {
    private let limiter: any RateLimiter
    private let queries: RateQuota?
    private let documents: RateQuota?

    /// Nil where nothing is limited.
    package init?(_ limiter: any RateLimiter, queriesPerMinute: Int, documentsPerMinute: Int) {
        guard queriesPerMinute > 0 || documentsPerMinute > 0 else { return nil }
        self.limiter = limiter
        queries = queriesPerMinute > 0 ? RateQuota("queries", perMinute: queriesPerMinute) : nil
        documents = documentsPerMinute > 0 ? RateQuota("documents", perMinute: documentsPerMinute) : nil
    }

    /// Lets one query of the caller's tenant through.
    /// - Throws: `rateLimited`, with the time after which it would be let through.
    func admitQuery(_ request: APIRequest) async throws(RAGError) {
        if let queries { try await admit(1, of: queries, route: "/query", request) }
    }

    /// Lets this many documents of the caller's tenant through, all of them or none.
    /// - Throws: `rateLimited`, with the time after which they would be let through; `tooLarge` where they never would be.
    func admitDocuments(_ count: Int, _ request: APIRequest) async throws(RAGError) {
        guard let documents else { return }
        guard count <= documents.burst else {
            let most = "at most \(documents.burst) documents at once, and as many in a minute"
            throw RAGError(.tooLarge, "this server takes \(most); send them in parts", field: "documents")
        }
        try await admit(count, of: documents, route: "/index", request)
    }

    private func admit(_ cost: Int, of quota: RateQuota, route: String, _ request: APIRequest) async throws(RAGError) {
        guard let verdict = await limiter.take(cost, owed: 0, of: quota, in: try request.scope) else { return }
        request.exchange.counted(RateState(quota: quota, verdict: verdict))
        guard !verdict.isAdmitted else { return }
        Counter(label: "rag_rate_limited_total", dimensions: [("route", route)]).increment()
        let wait = max(1, Int(verdict.retryAfter.inSeconds.rounded(.up)))
        throw RAGError(
            .rateLimited,
            "the limit of \(quota.perMinute) \(quota.name) a minute is used up; retry in \(wait) s",
            retryAfter: verdict.retryAfter
        )
    }
}

/// What a reply says of the quota that its request was counted under.
struct RateState: Sendable {
    var quota: RateQuota
    var verdict: RateVerdict

    /// The fields of the IETF's draft "RateLimit header fields for HTTP", revision 10.
    func write(to headers: inout HTTPFields) {
        headers.set("RateLimit-Policy", "\"\(quota.name)\";q=\(quota.perMinute);w=60")
        let reset = Int(verdict.resetAfter.inSeconds.rounded(.up))
        headers.set("RateLimit", "\"\(quota.name)\";r=\(verdict.remaining);t=\(reset)")
    }
}
