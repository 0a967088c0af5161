// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Loads plain text, Markdown, HTML and source code in this process; everything else is refused with what is supported.
///
/// Its canonical text is what citations point into, so it changes as little as possible: plain text, Markdown and code keep every
/// character but the byte order mark and the kind of line end; HTML becomes Markdown.
package struct StandardDocumentLoader: DirectDocumentLoader {
    private let maximumBytes: Int

    /// - Parameter maximumBytes: Larger contents are refused with `tooLarge`.
    package init(maximumBytes: Int = 32 << 20) { self.maximumBytes = maximumBytes }

    @concurrent
    package func load(_ source: DocumentSource, deadline: Deadline) async throws(RAGError) -> LoadedDocument {
        try loaded(source.content)
    }

    package func blocks(of text: String, format: TextFormat) -> [TextBlock] {
        switch format {
        case .plain: PlainTextBlocks.blocks(of: text)
        case .markdown: MarkdownBlocks.blocks(of: text)
        case .code: CodeBlocks.blocks(of: text)
        }
    }

    package func isForeign(_ content: DocumentSource.Content) -> Bool {
        // What is over the limit is refused here.
        guard case .file(let bytes, let name, let mediaType) = content, bytes.count <= maximumBytes else { return false }
        if FileSignature.isForeign(bytes) { return true }
        switch FileType(name: name, mediaType: mediaType) {
        case .plain, .markdown, .code: return !Self.isText(bytes)
        case .html: return (try? TextDecoding.html(of: bytes, mediaType: mediaType)) == nil
        case .unknown: return (try? TextDecoding.text(of: bytes)).map { !CanonicalText.looksLikeText($0) } ?? true
        case .structured, .foreign: return true
        }
    }

    package func loaded(_ content: DocumentSource.Content) throws(RAGError) -> LoadedDocument {
        switch content {
        case .text(let text, let format):
            try checkSize(text.utf8.count)
            return try document(text, format: format ?? .plain)
        case .file(let bytes, let name, let mediaType):
            try checkSize(bytes.count)
            guard !FileSignature.isForeign(bytes) else { throw FileType.unsupported(name: name, mediaType: mediaType) }
            switch FileType(name: name, mediaType: mediaType) {
            case .plain: return try document(try TextDecoding.text(of: bytes), format: .plain)
            case .markdown: return try document(try TextDecoding.text(of: bytes), format: .markdown)
            case .code: return try document(try TextDecoding.text(of: bytes), format: .code)
            case .html: return try page(try TextDecoding.html(of: bytes, mediaType: mediaType))
            case .structured, .unknown:
                guard let text = try? TextDecoding.text(of: bytes), CanonicalText.looksLikeText(text) else {
                    throw FileType.unsupported(name: name, mediaType: mediaType)
                }
                return try document(text, format: .plain)
            case .foreign: throw FileType.unsupported(name: name, mediaType: mediaType)
            }
        }
    }

    package func canonical(_ document: LoadedDocument) throws(RAGError) -> LoadedDocument {
        var document = document
        document.text = try CanonicalText.canonical(document.text)
        if document.title == nil, document.format == .markdown { document.title = MarkdownTitle.title(of: document.text) }
        return document
    }

    private func checkSize(_ bytes: Int) throws(RAGError) {
        guard bytes <= maximumBytes else {
            throw RAGError(.tooLarge, "the document has \(bytes) bytes; at most \(maximumBytes) are read")
        }
    }

    /// Whether the bytes decode, and to text: UTF-16 and UTF-32 without a mark are valid UTF-8 full of NULs.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        guard let text = try? TextDecoding.text(of: bytes) else { return false }
        return !text.utf8.contains(0)
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
