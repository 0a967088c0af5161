// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The interface of a reranking server.
package enum RerankDialect: String, Sendable, CaseIterable {
    /// Text Embeddings Inference's `/rerank`.
    case tei
    /// Cohere's `/v2/rerank`, and `/v1/rerank` where the URL says so.
    case cohere
    /// Jina's `/v1/rerank`, as llama.cpp, vLLM and Infinity speak it too.
    case jina

    /// Put between a URL that names only the host and the endpoint.
    var version: String {
        switch self {
        case .tei: ""
        case .cohere: "/v2"
        case .jina: "/v1"
        }
    }

    /// Passages of the first request and of the largest; each request has up to twice as many as the one before. Cohere charges by
    /// request of up to 100 passages, so there everything goes in one.
    var requestSizes: (first: Int, largest: Int) {
        switch self {
        case .tei, .jina: (8, 32)
        case .cohere: (100, 100)
        }
    }

    func body(query: String, passages: ArraySlice<String>, model: String?) -> JSONWriter {
        var body = JSONWriter(capacity: passages.reduce(256 + query.utf8.count) { $0 + $1.utf8.count + 8 })
        body.object { writer in
            writer.member("query", query)
            switch self {
            case .tei:
                writer.key("texts")
                writer.array { writer in for passage in passages { writer.string(passage) } }
                // Raw scores keep apart what the sigmoid would round to 1.
                writer.member("raw_scores", true)
                writer.member("truncate", true)
            case .cohere, .jina:
                if let model { writer.member("model", model) }
                writer.key("documents")
                writer.array { writer in for passage in passages { writer.string(passage) } }
                writer.member("top_n", passages.count)
                if self == .jina { writer.member("return_documents", false) }
            }
        }
        return body
    }

    /// The list of results in an answer, and the name of a result's score.
    func results(of reply: JSONValue) -> (list: [JSONValue], score: String)? {
        switch self {
        case .tei: reply.array.map { ($0, "score") }
        case .cohere, .jina: reply["results"]?.array.map { ($0, "relevance_score") }
        }
    }
}
