// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore

/// A small document with everything a store needs: paragraphs are chunks, vectors come from `HashingEmbeddingProvider`.
public struct ConformanceDocument: Sendable {
    /// The generation that these documents belong to.
    public static let generation = Generation(space: HashingEmbeddingProvider().space, chunking: "paragraphs/1")

    public var id: String
    public var text: String
    public var title: String?
    public var url: String?
    public var metadata: Metadata

    public init(_ id: String, _ text: String, title: String? = nil, url: String? = nil, metadata: Metadata = [:]) {
        self.id = id
        self.text = text
        self.title = title
        self.url = url
        self.metadata = metadata
    }

    /// Paragraphs, divided by blank lines.
    public var chunks: [Chunk] {
        var chunks: [Chunk] = []
        var start = 0
        for paragraph in text.split(separator: "\n\n", omittingEmptySubsequences: false) {
            let length = paragraph.utf8.count
            if length > 0 { chunks.append(Chunk(ordinal: chunks.count, range: start..<start + length)) }
            start += length + 2
        }
        return chunks
    }

    /// What a pipeline would publish.
    public func publication() throws -> Publication {
        let dimension = Self.generation.space.dimension
        var values: [Float] = []
        for chunk in chunks {
            let body = text.bytes(in: chunk.range).map(String.init) ?? ""
            values += HashingEmbeddingProvider.vector(of: chunk.indexedText(title: title, body: body), dimension: dimension)
        }
        return Publication(
            document: try DocumentID(id),
            hash: SHA256Digest.contentHash(of: text),
            text: text,
            format: .plain,
            title: title,
            url: url,
            metadata: metadata,
            generation: Self.generation,
            chunks: chunks,
            vectors: try EmbeddingMatrix(dimension: dimension, values: values)
        )
    }

    /// A request for both searches with this question.
    public static func request(_ question: String, filter: Filter? = nil, limit: Int = 10) -> SearchRequest {
        SearchRequest(
            vector: HashingEmbeddingProvider.vector(of: question, dimension: generation.space.dimension),
            text: question,
            filter: filter,
            limit: limit,
            deadline: .after(.seconds(30))
        )
    }

    /// A request for the lexical search only.
    public static func lexicalRequest(_ question: String, filter: Filter? = nil, limit: Int = 10) -> SearchRequest {
        SearchRequest(text: question, filter: filter, limit: limit, deadline: .after(.seconds(30)))
    }
}
