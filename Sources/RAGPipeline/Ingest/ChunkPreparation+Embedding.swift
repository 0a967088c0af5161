// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension ChunkPreparation {
    /// One vector per text, checked.
    /// - Throws: `unavailable` where the model returns anything else, or what it throws.
    func embed(_ texts: [String], deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix {
        let dimension = embedder.space.dimension
        var values: [Float] = []
        values.reserveCapacity(texts.count * dimension)
        var start = 0
        while start < texts.count {
            let end = min(start + settings.textsPerCall, texts.count)
            let matrix = try await embedder.embed(Array(texts[start..<end]), as: .passage, deadline: deadline)
            guard matrix.count == end - start, matrix.dimension == dimension else {
                throw RAGError(
                    .unavailable,
                    "the embedding model returned \(matrix.count) vectors of \(matrix.dimension) for \(end - start) texts of \(dimension)"
                )
            }
            for row in 0..<matrix.count where !matrix[row].contains(where: { $0 != 0 }) {
                throw RAGError(.unavailable, "the embedding model returned a vector of zeros")
            }
            values += matrix.values
            start = end
        }
        return try EmbeddingMatrix(dimension: dimension, values: values)
    }
}
