// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Embeds with Hugging Face's Text Embeddings Inference.
///
/// What the model is comes from the server: name, commit, precision, pooling, most tokens. Token spans are exact where its tokenizer
/// answers, otherwise `TokenEstimate`'s. Texts are never cut: one that is too long is refused. Requests of one call go out one after
/// the other and nothing is queued here: a query waits for other requests only inside the server.
package struct TEIEmbeddingProvider: EmbeddingProvider {
    package let space: EmbeddingSpace
    private let server: ModelServer
    private let tokenizer: TEITokenizer?
    private let textsPerRequest: Int
    private let tokensPerRequest: Int

    /// Whether token spans are the model's own.
    package var hasExactTokens: Bool { tokenizer != nil }

    /// Asks the server what it serves, for one vector, and whether it counts tokens. `settings.model` and `settings.dimensions` are not
    /// used; `settings.fingerprint` only where the server does not know its model's commit.
    /// - Throws: `invalidConfiguration` where the server's model does not embed, `unavailable`, `deadlineExceeded`, `cancelled`.
    package static func connect(
        to server: ModelServer,
        settings: EmbeddingServerSettings,
        deadline: Deadline
    ) async throws(RAGError) -> TEIEmbeddingProvider {
        let info = try await TEIInfo(server, deadline: deadline)
        guard let pooling = info.pooling else {
            throw RAGError(
                .invalidConfiguration,
                "\(server.name) serves \(info.model), which is not an embedding model",
                field: server.role.urlSetting
            )
        }
        let textsPerRequest = min(settings.textsPerRequest, info.textsPerRequest ?? 32)
        let vector = try await vectors(of: [EmbeddingProbe.text], dimension: nil, server: server, deadline: deadline)
        let known = info.maximumTokens ?? EmbeddingServerSettings.knownMaximumTokens(of: info.model)
        let space = EmbeddingSpace(
            model: info.model,
            fingerprint: info.revision ?? EmbeddingProbe(vector).fingerprint(settings.fingerprint),
            dimension: vector.count,
            pooling: pooling,
            queryPrefix: settings.queryPrefix,
            passagePrefix: settings.passagePrefix,
            precision: info.precision,
            maximumTokens: min(known, settings.maximumTokens ?? known)
        )
        return TEIEmbeddingProvider(
            space: space,
            server: server,
            tokenizer: try await TEITokenizer.find(server, textsPerRequest: textsPerRequest, deadline: deadline),
            textsPerRequest: textsPerRequest,
            tokensPerRequest: settings.tokensPerRequest
        )
    }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        let inputs = space.prefixed(texts, as: role)
        var values: [Float] = []
        values.reserveCapacity(texts.count * space.dimension)
        for range in EmbeddingBatches.ranges(of: inputs, texts: textsPerRequest, tokens: tokensPerRequest) {
            let part = Array(inputs[range])
            values += try await Self.vectors(of: part, dimension: space.dimension, server: server, deadline: deadline)
        }
        return try EmbeddingMatrix(dimension: space.dimension, values: values)
    }

    @concurrent
    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        if let tokenizer { return try await tokenizer.spans(of: texts, deadline: deadline) }
        try deadline.check("counting tokens")
        return texts.map(TokenEstimate.spans)
    }

    private static func vectors(
        of texts: [String],
        dimension: Int?,
        server: ModelServer,
        deadline: Deadline
    ) async throws(RAGError) -> [Float] {
        var body = JSONWriter(capacity: texts.reduce(64) { $0 + $1.utf8.count + 8 })
        body.object { writer in
            writer.key("inputs")
            writer.array { writer in for text in texts { writer.string(text) } }
            writer.member("truncate", false)
            writer.member("normalize", true)
        }
        let reply = try await server.post("/embed", body, deadline: deadline)
        guard let vectors = reply.array else { throw server.unexpected("answered without vectors") }
        guard vectors.count == texts.count else {
            throw server.unexpected("returned \(vectors.count) vectors for \(texts.count) texts")
        }
        var rows = EmbeddingRows(count: texts.count, dimension: dimension, server: server)
        for (index, vector) in vectors.enumerated() { try rows.set(index, vector) }
        return try rows.values()
    }
}
