// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Loads plain text, Markdown and HTML in this process; everything else is refused with what is supported.
///
/// Its canonical text is what citations point into, so it changes as little as possible: plain text and Markdown keep every
/// character but the byte order mark and the kind of line end; HTML becomes Markdown.
package struct StandardDocumentLoader: DocumentLoader {
    private let maximumBytes: Int

    /// - Parameter maximumBytes: Larger contents are refused with `tooLarge`.
    package init(maximumBytes: Int = 32 << 20) { self.maximumBytes = maximumBytes }

    @concurrent
    package func load(_ source: DocumentSource) async throws(RAGError) -> LoadedDocument { try loaded(source.content) }

    package func blocks(of text: String, format: TextFormat) -> [TextBlock] {
        switch format {
        case .plain: PlainTextBlocks.blocks(of: text)
        case .markdown: MarkdownBlocks.blocks(of: text)
        }
    }

    /// Like `load`, of the content alone and without suspending.
    package func loaded(_ content: DocumentSource.Content) throws(RAGError) -> LoadedDocument {
        switch content {
        case .text(let text, let format):
            try checkSize(text.utf8.count)
            return try document(text, format: format ?? .plain)
        case .file(let bytes, let name, let mediaType):
            try checkSize(bytes.count)
            switch FileType(name: name, mediaType: mediaType) {
            case .plain: return try document(try TextDecoding.text(of: bytes), format: .plain)
            case .markdown: return try document(try TextDecoding.text(of: bytes), format: .markdown)
            case .html: return try page(try TextDecoding.html(of: bytes, mediaType: mediaType))
            case .unknown:
                guard let text = try? TextDecoding.text(of: bytes), CanonicalText.looksLikeText(text) else {
                    throw FileType.unsupported(name: name, mediaType: mediaType)
                }
                return try document(text, format: .plain)
            case .foreign: throw FileType.unsupported(name: name, mediaType: mediaType)
            }
        }
    }

    private func checkSize(_ bytes: Int) throws(RAGError) {
        guard bytes <= maximumBytes else {
            throw RAGError(.tooLarge, "the document has \(bytes) bytes; at most \(maximumBytes) are read")
        }
    }

    private func document(_ text: String, format: TextFormat) throws(RAGError) -> LoadedDocument {
        let text = try CanonicalText.canonical(text)
        return LoadedDocument(text: text, format: format, title: format == .markdown ? MarkdownTitle.title(of: text) : nil)
    }

    private func page(_ html: String) throws(RAGError) -> LoadedDocument {
        let page = try HTMLPage.markdown(of: html)
        return LoadedDocument(text: try CanonicalText.canonical(page.text), format: .markdown, title: page.title)
    }
}
