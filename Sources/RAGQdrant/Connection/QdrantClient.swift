// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
package import RAGTransport

/// Qdrant's REST interface: one call is one request, its `result` or an error in this program's words.
package struct QdrantClient: Sendable {
    /// The oldest server that has everything: conditional upserts (1.17) and term statistics per tenant (1.19).
    package static let oldestVersion = (major: 1, minor: 19)

    let transport: HTTPTransport
    package let upstream: Upstream
    private let apiKey: String?

    /// - Parameter apiKey: Sent as `api-key`; nil sends none.
    package init(url: UpstreamURL, apiKey: String?, transport: HTTPTransport) {
        var retries = RetryPolicy()
        retries.maximumRetries = 1
        retries.base = .milliseconds(100)
        self.transport = transport
        // Nothing can be served without it: when it is back, that must be noticed soon. Probes are one small request each.
        var breaker = CircuitBreaker.Settings()
        breaker.initialOpen = .seconds(2)
        breaker.longestOpen = .seconds(5)
        upstream = Upstream(name: "qdrant", base: url, breaker: breaker, retries: retries)
        self.apiKey = apiKey.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Sends a request and returns the answer's `result`.
    ///
    /// Every request of this module may be sent twice: ids follow from what points are, and changes name the state that they change.
    /// - Throws: `unavailable` where the server cannot be asked or lacks the collection (the cause is the status 404), `overloaded` where it
    ///   wants to be left alone, `insufficientStorage` where its disk is full, `internal` where it refuses the request.
    func call(
        _ method: String,
        _ path: String,
        _ body: JSONWriter? = nil,
        limit: Duration,
        deadline: Deadline
    ) async throws(RAGError) -> JSONValue {
        let bytes = try await bytes(method, path, body, limit: limit, deadline: deadline)
        let answer: JSONValue
        do { answer = try JSONValue(parsing: bytes) } catch {
            throw RAGError(.unavailable, "qdrant sent something that is not JSON; check QDRANT_URL", cause: error)
        }
        guard let result = answer["result"] else { throw Self.unexpected("sent an answer without a result; check QDRANT_URL") }
        return result
    }

    /// The server's version.
    /// - Throws: `incompatible` if it is older than `oldestVersion`; `unavailable` if it does not say one.
    package func checkVersion(deadline: Deadline) async throws(RAGError) {
        let bytes = try await bytes("GET", "/", nil, limit: .seconds(5), deadline: deadline)
        guard let version = (try? JSONValue(parsing: bytes))?["version"]?.string else {
            throw Self.unexpected("does not say its version; check QDRANT_URL")
        }
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        let (major, minor) = (parts.first ?? 0, parts.count > 1 ? parts[1] : 0)
        guard (major, minor) >= Self.oldestVersion else {
            throw RAGError(
                .incompatible,
                "qdrant \(version) is too old: version \(Self.oldestVersion.major).\(Self.oldestVersion.minor) or later is needed"
            )
        }
    }

    static func unexpected(_ what: String) -> RAGError { RAGError(.unavailable, "qdrant \(what)") }

    /// Sends a request and returns the whole answer as it came.
    func bytes(
        _ method: String,
        _ path: String,
        _ body: JSONWriter?,
        limit: Duration,
        deadline: Deadline
    ) async throws(RAGError) -> [UInt8] {
        var headers = [(name: "Accept", value: "application/json")]
        if body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        if let apiKey { headers.append((name: "api-key", value: apiKey)) }
        let request = OutboundRequest(
            method: method,
            path: path,
            headers: headers,
            body: body?.bytes ?? [],
            firstByteLimit: limit,
            maximumResponseSize: 256 << 20
        )
        do {
            return try await transport.bytes(for: request, from: upstream, deadline: deadline)
        } catch {
            throw explained(error)
        }
    }

    private func explained(_ error: RAGError) -> RAGError {
        guard let status = error.cause as? UpstreamStatus else {
            guard error.code == .unavailable, error.retryAfter == nil else { return error }
            var error = error
            error.retryAfter = .seconds(1)
            return error
        }
        var error = error
        switch status.status {
        case 300..<400: error.message = "qdrant redirects elsewhere, which is not followed; set QDRANT_URL to where it is"
        case 401, 403: error.message = "qdrant refuses the credentials (status \(status.status)); check QDRANT_API_KEY"
        case 404:
            // Not `notFound`: a client would take it for "there is no such document".
            error.message = "a collection is missing in qdrant; restore it, or restart the server to begin anew"
        case 400 where status.excerpt.contains("dimension error"):
            // What fails on every document is no document's own fault.
            error.message = "the vectors in qdrant have another dimension than this server's; restore the collection"
        case 409: error.code = .conflict
        case 429:
            error.code = .overloaded
            error.message = "qdrant is at its limit; retry later"
            if error.retryAfter == nil { error.retryAfter = .seconds(1) }
        case 507:
            error.code = .insufficientStorage
            error.message = "qdrant's disk is full; free some of it"
        case 400..<500:
            error.code = .internal
            error.message = "qdrant refuses the request (status \(status.status))"
        default: if error.retryAfter == nil { error.retryAfter = .seconds(1) }
        }
        return error
    }
}
