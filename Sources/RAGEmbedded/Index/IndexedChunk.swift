// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A chunk as the index takes it in.
package struct IndexedChunk: Sendable {
    /// The store's number for it, unique within the tenant.
    package var key: Int64
    package var reference: ChunkReference
    /// Hashes of its tokens, duplicates included.
    package var terms: [UInt64]
    /// Of length 1.
    package var vector: [Float]
    package var metadata: Metadata

    package init(key: Int64, reference: ChunkReference, terms: [UInt64], vector: [Float], metadata: Metadata) {
        self.key = key
        self.reference = reference
        self.terms = terms
        self.vector = vector
        self.metadata = metadata
    }
}
