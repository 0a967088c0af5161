// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What Text Embeddings Inference says of itself at `/info`.
struct TEIInfo: Sendable {
    var model: String
    /// The model's commit; nil for a model that the server loaded from a folder.
    var revision: String?
    /// `float16`…
    var precision: String
    /// `mean`, `cls` or `last_token`; nil for a model that does not embed.
    var pooling: String?
    /// Most tokens of a text, special tokens included.
    var maximumTokens: Int?
    /// Most texts of a request.
    var textsPerRequest: Int?

    /// - Throws: `unavailable`.
    init(_ server: ModelServer, deadline: Deadline) async throws(RAGError) {
        let reply = try await server.get("/info", deadline: deadline)
        guard let model = reply["model_id"]?.string else {
            throw server.unexpected("does not say what it serves; \(server.role.urlSetting) must lead to Text Embeddings Inference")
        }
        self.model = model
        revision = reply["model_sha"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        precision = reply["model_dtype"]?.string ?? "server"
        // Written as {"embedding": {"pooling": …}}, by some versions with a capital.
        let type = reply["model_type"]
        pooling = (type?["embedding"] ?? type?["Embedding"])?["pooling"]?.string
        maximumTokens = Self.count(reply["max_input_length"])
        textsPerRequest = Self.count(reply["max_client_batch_size"])
    }

    private static func count(_ value: JSONValue?) -> Int? {
        guard let number = value?.integer, number > 0, number <= 1 << 24 else { return nil }
        return Int(number)
    }
}
