// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Makes chunks and vectors of what is stored already; writes nothing.
package struct Reembedder: Sendable {
    private let preparation: ChunkPreparation
    /// What the chunks and vectors belong to.
    package let generation: Generation

    package init(
        loader: any DocumentLoader,
        chunker: any Chunker,
        embedder: any EmbeddingProvider,
        settings: IngestSettings = IngestSettings()
    ) {
        preparation = ChunkPreparation(loader: loader, chunker: chunker, embedder: embedder, settings: settings)
        generation = Generation(space: embedder.space, chunking: chunker.fingerprint)
    }

    /// Chunks and vectors of a stored revision.
    package func reembed(
        _ text: String,
        of revision: Revision
    ) async throws(RAGError) -> (chunks: [Chunk], vectors: EmbeddingMatrix) {
        let deadline = Deadline.after(preparation.settings.documentTimeout)
        let document = LoadedDocument(text: text, format: revision.format, title: revision.title)
        let prepared = try await preparation.prepare(document, title: revision.title, deadline: deadline)
        return (prepared.chunks, try await preparation.embed(prepared.embeddedTexts, deadline: deadline))
    }
}
