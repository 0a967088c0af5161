// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGTransport

/// Talks to a running server over its public API, as any client would.
final class ServerClient: Sendable {
    private let transport: HTTPTransport
    private let upstream: Upstream
    private let key: String?

    /// - Parameters:
    ///   - url: The server's address.
    ///   - key: An API key, where the server wants one.
    init(url: String, key: String?, logger: Logger) throws {
        transport = HTTPTransport(logger: logger)
        var retries = RetryPolicy()
        retries.longestRetryAfter = .seconds(60)
        upstream = Upstream(name: "the Grounded server at \(url)", base: try UpstreamURL(url, setting: "--server"), retries: retries)
        self.key = key
    }

    func shutdown() async throws { try await transport.shutdown() }

    /// Sends JSON and returns the reply.
    /// - Throws: What the server said, with its code where it sent a problem document.
    func send(_ method: String, _ path: String, json body: JSONValue? = nil, limit: Duration = .seconds(600)) async throws -> JSONValue {
        var writer = JSONWriter()
        if let body { writer.value(body) }
        let headers = body == nil ? [] : [("Content-Type", "application/json")]
        return try JSONValue(parsing: await bytes(method, path, headers: headers, body: writer.bytes, limit: limit))
    }

    /// The canonical text of a document's current revision.
    func text(of document: String) async throws -> String {
        let path = "/documents/\(Self.escaped(document))/text"
        return String(decoding: try await bytes("GET", path, headers: [], body: [], limit: .seconds(60)), as: UTF8.self)
    }

    /// Uploads a file's bytes as one document.
    func upload(_ bytes: [UInt8], query: [(String, String)]) async throws -> JSONValue {
        let parameters = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        let headers = [("Content-Type", "application/octet-stream")]
        return try JSONValue(
            parsing: await self.bytes("POST", "/index?\(parameters)", headers: headers, body: bytes, limit: .seconds(600))
        )
    }

    private func bytes(
        _ method: String,
        _ path: String,
        headers: [(String, String)],
        body: [UInt8],
        limit: Duration
    ) async throws -> [UInt8] {
        var headers = headers.map { (name: $0.0, value: $0.1) }
        if let key { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        let request = OutboundRequest(method: method, path: path, headers: headers, body: body, firstByteLimit: limit)
        do {
            return try await transport.bytes(for: request, from: upstream, deadline: .after(limit))
        } catch {
            throw Self.problem(in: error)
        }
    }

    /// The server's own words where it sent a problem document.
    private static func problem(in error: RAGError) -> RAGError {
        guard let status = error.cause as? UpstreamStatus,
            let problem = try? JSONValue(parsing: Array(status.excerpt.utf8)),
            let code = problem["code"]?.string
        else { return error }
        return RAGError(
            RAGError.Code(rawValue: code),
            problem["detail"]?.string ?? problem["title"]?.string ?? "the server answered \(status.status)",
            field: problem["field"]?.string
        )
    }

    /// Percent-encodes everything but unreserved characters, so that an id with slashes is one path segment.
    static func escaped(_ text: String) -> String {
        var allowed = CharacterSet()
        allowed.insert(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
