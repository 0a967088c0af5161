// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
package import RAGTransport

/// A server that runs a model behind JSON over HTTP: asks it, and says in terms of settings what is wrong when it refuses.
package struct ModelServer: Sendable {
    /// What the server is for; names the settings in errors.
    package enum Role: Sendable {
        case embedding
        case reranking

        var urlSetting: String { self == .embedding ? "EMBEDDING_URL" : "RERANKER_URL" }
        var keySetting: String { self == .embedding ? "EMBEDDING_API_KEY" : "RERANKER_API_KEY" }
        var modelSetting: String { self == .embedding ? "EMBEDDING_MODEL" : "RERANKER_MODEL" }

        /// What to do where texts have more tokens than the model takes.
        var shorterTexts: String {
            self == .embedding
                ? "lower EMBEDDING_MAX_TOKENS to what the model takes, or CHUNK_TOKENS"
                : "lower CHUNK_TOKENS, or let the server cut texts"
        }
    }

    package let upstream: Upstream
    let role: Role
    private let transport: HTTPTransport
    private let apiKey: String?
    private let responseLimit: Duration

    /// - Parameters:
    ///   - apiKey: Sent as a bearer token; nil sends none.
    ///   - responseLimit: Most time until the head of an answer; the caller's deadline bounds the whole.
    package init(
        upstream: Upstream,
        transport: HTTPTransport,
        role: Role,
        apiKey: String? = nil,
        responseLimit: Duration = .seconds(60)
    ) {
        self.upstream = upstream
        self.transport = transport
        self.role = role
        self.apiKey = apiKey.flatMap { $0.isEmpty ? nil : $0 }
        self.responseLimit = responseLimit
    }

    /// For messages.
    var name: String { upstream.name }

    /// What to append to the base URL: nothing where it names the endpoint itself, the version too where it names only the host.
    func path(_ endpoint: String, version: String) -> String {
        if upstream.base.path.hasSuffix(endpoint) { return "" }
        return (upstream.base.path.isEmpty ? version : "") + endpoint
    }

    func get(_ path: String, deadline: Deadline) async throws(RAGError) -> JSONValue {
        try await json(OutboundRequest(method: "GET", path: path, firstByteLimit: responseLimit), deadline: deadline)
    }

    func post(_ path: String, _ body: JSONWriter, deadline: Deadline) async throws(RAGError) -> JSONValue {
        let headers = [(name: "Content-Type", value: "application/json")]
        let request = OutboundRequest(path: path, headers: headers, body: body.bytes, firstByteLimit: responseLimit)
        return try await json(request, deadline: deadline)
    }

    /// That the server's answer is not what its interface promises.
    func unexpected(_ what: String, cause: (any Error)? = nil) -> RAGError {
        RAGError(.unavailable, "\(name) \(what)", cause: cause)
    }

    private func json(_ request: OutboundRequest, deadline: Deadline) async throws(RAGError) -> JSONValue {
        var request = request
        request.headers.append((name: "Accept", value: "application/json"))
        if let apiKey { request.headers.append((name: "Authorization", value: "Bearer \(apiKey)")) }
        let bytes: [UInt8]
        do throws(RAGError) {
            bytes = try await transport.bytes(for: request, from: upstream, deadline: deadline)
        } catch {
            throw explained(error)
        }
        do throws(RAGError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw unexpected("answered with something that is not JSON; check \(role.urlSetting)", cause: error)
        }
    }

    /// A refusal in words that name the setting to change; the key is taken out of what the server said.
    private func explained(_ error: RAGError) -> RAGError {
        guard let status = error.cause as? UpstreamStatus else { return error }
        var error = error
        error.cause = status.redacting(apiKey)
        switch status.status {
        case 300..<400:
            error.message = "\(name) redirects elsewhere, which is not followed; set \(role.urlSetting) to where the model is"
        case 401, 403:
            error.message = "\(name) refuses the credentials (status \(status.status)); check \(role.keySetting)"
        case 404, 405:
            error.message =
                "\(name) knows no such path or model (status \(status.status)); check \(role.urlSetting) and \(role.modelSetting)"
        case 413, 422:
            error.message = "\(name) refuses the texts as too long (status \(status.status)); \(role.shorterTexts)"
        case 400, 500:
            guard status.saysTooLong else { break }
            error.message = "\(name) refuses the texts as too long (status \(status.status)); \(role.shorterTexts)"
        default: break
        }
        return error
    }
}

extension UpstreamStatus {
    /// The same without `secret`, which a server may repeat in its answer.
    func redacting(_ secret: String?) -> UpstreamStatus {
        guard let secret, !secret.isEmpty else { return self }
        var copy = self
        while let range = copy.excerpt.firstRange(of: secret) { copy.excerpt.replaceSubrange(range, with: "…") }
        return copy
    }

    /// Whether what the server said contains `words`, in any case.
    func says(_ words: String) -> Bool { excerpt.lowercased().contains(words) }

    /// Whether it complains of a text's length, in the words of llama.cpp, vLLM and OpenAI.
    fileprivate var saysTooLong: Bool {
        ["too large", "too long", "context length", "context size", "maximum input length"].contains { says($0) }
    }
}
