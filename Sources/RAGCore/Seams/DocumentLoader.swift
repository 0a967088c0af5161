// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Turns what a caller hands over into canonical text, and canonical text into its structure.
public protocol DocumentLoader: Sendable {
    /// The canonical text.
    /// - Throws: `unsupportedMediaType`, `unreadableDocument` with the true reason, `tooLarge`; `deadlineExceeded`, `cancelled`.
    func load(_ source: DocumentSource, deadline: Deadline) async throws(RAGError) -> LoadedDocument

    /// The structure of a canonical text, in order and without overlap. Pure: a stored text gives the same blocks again.
    func blocks(of text: String, format: TextFormat) -> [TextBlock]
}

/// A loader that reads simple formats at once and says which documents another one reads better.
package protocol DirectDocumentLoader: DocumentLoader {
    /// Whether a reader of other formats is to be asked first: by the bytes, then by media type and name. Reads all of the content.
    func isForeign(_ content: DocumentSource.Content) -> Bool

    /// Like `load`, without suspending.
    func loaded(_ content: DocumentSource.Content) throws(RAGError) -> LoadedDocument

    /// What a reader returned, with its text made canonical.
    /// - Throws: `unreadableDocument` if there is no text in it.
    func canonical(_ document: LoadedDocument) throws(RAGError) -> LoadedDocument
}
