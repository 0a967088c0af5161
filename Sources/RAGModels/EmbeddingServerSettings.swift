// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What an embedding server does not say of itself.
package struct EmbeddingServerSettings: Sendable {
    /// What is known of a model beside its name, so that another model behind the same name can be noticed.
    package enum Fingerprint: Sendable, Hashable {
        /// Nothing: a change is noticed by its dimension alone.
        case name
        /// A digest of the vector of a fixed text. Vectors of one model differ in their last digits from run to run, so the digest is
        /// compared with `stored`, the fingerprint that the store's vectors have, and kept where both mean the same direction. Another
        /// model is noticed; the same model in another precision is not.
        case probe(stored: String?)
    }

    /// The model's name, as the server knows it.
    package var model: String
    /// What is put before a query, then before a passage.
    package var queryPrefix: String
    package var passagePrefix: String
    /// Most tokens of one text, special tokens included; nil takes what the server says, or else what is known of the name.
    package var maximumTokens: Int?
    /// Floats per vector to ask for; nil lets the model decide. Only for servers that shorten vectors.
    package var dimensions: Int?
    /// Most texts of one request.
    package var textsPerRequest: Int
    /// Most tokens of one request, by the estimate; a single text may have more.
    package var tokensPerRequest: Int
    package var fingerprint: Fingerprint

    package init(
        model: String,
        queryPrefix: String = "",
        passagePrefix: String = "",
        maximumTokens: Int? = nil,
        dimensions: Int? = nil,
        textsPerRequest: Int = 32,
        tokensPerRequest: Int = 16_384,
        fingerprint: Fingerprint = .name
    ) {
        self.model = model
        self.queryPrefix = queryPrefix
        self.passagePrefix = passagePrefix
        self.maximumTokens = maximumTokens
        self.dimensions = dimensions
        self.textsPerRequest = max(1, textsPerRequest)
        self.tokensPerRequest = max(1, tokensPerRequest)
        self.fingerprint = fingerprint
    }

    /// Tokens that a model takes where nobody says: OpenAI's by their names, otherwise what most small models take.
    static func knownMaximumTokens(of model: String) -> Int {
        let name = model.split(separator: "/").last.map(String.init) ?? model
        return name.hasPrefix("text-embedding-3-") || name == "text-embedding-ada-002" ? 8_191 : 512
    }
}
