// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Turns what a caller hands over into canonical text, and canonical text into its structure.
public protocol DocumentLoader: Sendable {
    /// The canonical text.
    /// - Throws: `unsupportedMediaType`, `unreadableDocument` with the true reason, `tooLarge`.
    func load(_ source: DocumentSource) async throws(RAGError) -> LoadedDocument

    /// The structure of a canonical text, in order and without overlap. Pure: a stored text gives the same blocks again.
    func blocks(of text: String, format: TextFormat) -> [TextBlock]
}
