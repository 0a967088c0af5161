// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension IngestPipeline {
    /// Chunks and vectors of a stored revision under this pipeline's generation; nothing is written.
    package func reembed(
        _ text: String,
        of revision: Revision
    ) async throws(RAGError) -> (chunks: [Chunk], vectors: EmbeddingMatrix) {
        let deadline = Deadline.after(settings.documentTimeout)
        let document = LoadedDocument(text: text, format: revision.format, title: revision.title)
        let prepared = try await preparation.prepare(document, title: revision.title, deadline: deadline)
        return (prepared.chunks, try await embed(prepared.embeddedTexts, deadline: deadline))
    }
}
