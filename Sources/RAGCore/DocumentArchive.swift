// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A document with everything that a store knows of it: what moves from one store to another.
public struct DocumentArchive: Sendable, Hashable {
    /// A revision and its canonical text.
    public struct Entry: Sendable, Hashable {
        public var revision: Revision
        public var text: String

        public init(revision: Revision, text: String) {
            self.revision = revision
            self.text = text
        }
    }

    /// All revisions, oldest first, the current one last; never empty.
    public var entries: [Entry]
    /// What the chunks belong to: `Generation.identifier`.
    public var generation: String
    /// The current revision's chunks, by ordinal.
    public var chunks: [Chunk]
    /// One row per chunk, in the same order.
    public var vectors: EmbeddingMatrix

    public init(entries: [Entry], generation: String, chunks: [Chunk], vectors: EmbeddingMatrix) {
        self.entries = entries
        self.generation = generation
        self.chunks = chunks
        self.vectors = vectors
    }
}
