// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGTransport
import Synchronization

/// Embeds with a server that speaks OpenAI's `/v1/embeddings` (OpenAI, vLLM, llama.cpp, Ollama, Infinity…).
///
/// Such servers offer no tokenizer, so token spans are `TokenEstimate`'s. Requests of one call go out one after the other and nothing
/// is queued here: a query waits for other requests only inside the server.
package final class OpenAIEmbeddingProvider: EmbeddingProvider {
    /// How vectors travel: base64 is a third of the size, but not every server knows it.
    private enum Encoding: String {
        case base64
        case float
    }

    package let space: EmbeddingSpace
    private let client: Client

    private init(space: EmbeddingSpace, client: Client) {
        self.space = space
        self.client = client
    }

    /// Asks the server for one vector and learns from it what it can do.
    /// - Throws: `unavailable`, `deadlineExceeded`, `cancelled`.
    package static func connect(
        to server: ModelServer,
        settings: EmbeddingServerSettings,
        deadline: Deadline
    ) async throws(RAGError) -> OpenAIEmbeddingProvider {
        let client = Client(server: server, settings: settings)
        let vector = try await client.vectors(of: [EmbeddingProbe.text], dimension: settings.dimensions, isFirst: true, deadline: deadline)
        let space = EmbeddingSpace(
            model: settings.model,
            fingerprint: EmbeddingProbe(vector).fingerprint(settings.fingerprint),
            dimension: vector.count,
            pooling: "server",
            queryPrefix: settings.queryPrefix,
            passagePrefix: settings.passagePrefix,
            precision: "server",
            maximumTokens: settings.maximumTokens ?? EmbeddingServerSettings.knownMaximumTokens(of: settings.model)
        )
        return OpenAIEmbeddingProvider(space: space, client: client)
    }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        let settings = client.settings
        let inputs = space.prefixed(texts, as: role)
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for range in EmbeddingBatches.ranges(of: inputs, texts: settings.textsPerRequest, tokens: settings.tokensPerRequest) {
            values += try await client.vectors(of: Array(inputs[range]), dimension: space.dimension, deadline: deadline)
        }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    @concurrent
    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try deadline.check("counting tokens")
        return texts.map(TokenEstimate.spans)
    }

    /// The requests, and what was learnt of the server.
    private final class Client: Sendable {
        let server: ModelServer
        let settings: EmbeddingServerSettings
        private let encoding = Mutex(Encoding.base64)

        init(server: ModelServer, settings: EmbeddingServerSettings) {
            self.server = server
            self.settings = settings
        }

        /// The vectors of `texts`, one after the other, each of length 1.
        /// - Parameter isFirst: Any refusal may then be one of the encoding.
        func vectors(
            of texts: [String],
            dimension: Int?,
            isFirst: Bool = false,
            deadline: Deadline
        ) async throws(RAGError) -> [Float] {
            let current = encoding.withLock { $0 }
            do throws(RAGError) {
                return try await vectors(of: texts, dimension: dimension, encoding: current, deadline: deadline)
            } catch {
                guard current == .base64, let status = error.cause as? UpstreamStatus, status.mayRefuseEncoding(isFirst: isFirst) else {
                    throw error
                }
                let vectors = try await vectors(of: texts, dimension: dimension, encoding: .float, deadline: deadline)
                encoding.withLock { $0 = .float }
                return vectors
            }
        }

        private func vectors(
            of texts: [String],
            dimension: Int?,
            encoding: Encoding,
            deadline: Deadline
        ) async throws(RAGError) -> [Float] {
            var body = JSONWriter(capacity: texts.reduce(256) { $0 + $1.utf8.count + 8 })
            body.object { writer in
                writer.member("model", settings.model)
                writer.key("input")
                writer.array { writer in for text in texts { writer.string(text) } }
                writer.member("encoding_format", encoding.rawValue)
                if let dimensions = settings.dimensions { writer.member("dimensions", dimensions) }
            }
            let reply = try await server.post(server.path("/embeddings", version: "/v1"), body, deadline: deadline)
            guard let data = reply["data"]?.array else { throw server.unexpected("answered without vectors") }
            guard data.count == texts.count else {
                throw server.unexpected("returned \(data.count) vectors for \(texts.count) texts")
            }
            var rows = EmbeddingRows(count: texts.count, dimension: dimension, server: server)
            for (position, item) in data.enumerated() {
                guard let embedding = item["embedding"] else { throw server.unexpected("answered without a vector") }
                // A server that leaves the index out answers in order.
                let index = item["index"].map { $0.integer.flatMap(Int.init(exactly:)) ?? -1 } ?? position
                try rows.set(index, embedding)
            }
            return try rows.values()
        }
    }
}

extension EmbeddingSpace {
    /// The texts with the prefix of their role.
    func prefixed(_ texts: [String], as role: EmbeddingRole) -> [String] {
        let prefix = role == .query ? queryPrefix : passagePrefix
        return prefix.isEmpty ? texts : texts.map { prefix + $0 }
    }
}

extension UpstreamStatus {
    /// Whether a server that does not know base64 may have meant that.
    fileprivate func mayRefuseEncoding(isFirst: Bool) -> Bool {
        guard [400, 415, 422, 500, 501].contains(status) else { return false }
        return isFirst || says("base64") || says("encoding_format")
    }
}
