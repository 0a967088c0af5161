// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a file is, by its media type and, where that says nothing, by its name.
enum FileType: Equatable {
    case plain
    case markdown
    case html
    case code
    /// Text that says more to a reader of its format: a table, records, a notebook.
    case structured
    /// Neither says anything: the bytes decide.
    case unknown
    /// Something that is known not to be text.
    case foreign

    init(name: String, mediaType: String?) {
        let named = Self.byName(name)
        guard let mediaType, let type = Self.byMediaType(mediaType) else {
            self = named
            return
        }
        // Uploads often call Markdown, tables and code plain text: the name knows more.
        self = type == .plain && [.markdown, .code, .structured].contains(named) || type == .unknown ? named : type
    }

    static func unsupported(name: String, mediaType: String?) -> RAGError {
        let extensionName = FileNames.extensionName(of: name)
        let what = mediaType ?? (extensionName.isEmpty ? "a file without extension" : ".\(extensionName.prefix(16))")
        return RAGError(
            .unsupportedMediaType,
            "\(what.prefix(80)) cannot be read; plain text (.txt), Markdown (.md, .markdown), HTML (.html, .htm) and other UTF-8 text can"
        )
    }

    private static func byMediaType(_ mediaType: String) -> FileType? {
        let essence = mediaType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch essence {
        case "text/plain": return .plain
        case "text/markdown", "text/x-markdown": return .markdown
        case "text/html", "application/xhtml+xml": return .html
        case "", "application/octet-stream", "binary/octet-stream": return nil
        case "text/csv", "text/tab-separated-values", "text/xml", "text/x-rst", "text/asciidoc", "text/mdx", "text/org", "text/yaml":
            return .structured
        case "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/x-ndjson",
            "application/jsonl", "application/x-ipynb+json":
            return .structured
        case "text/rtf": return .foreign
        case "application/javascript", "application/x-sh", "application/sql", "application/typescript": return .code
        default: return essence.hasPrefix("text/") ? .unknown : .foreign
        }
    }

    private static func byName(_ name: String) -> FileType {
        let extensionName = FileNames.extensionName(of: name)
        switch extensionName {
        case "txt", "text": return .plain
        case "md", "markdown": return .markdown
        case "html", "htm", "xhtml": return .html
        default:
            if FileNames.code.contains(extensionName) { return .code }
            if FileNames.structured.contains(extensionName) { return .structured }
            return FileNames.foreign.contains(extensionName) ? .foreign : .unknown
        }
    }
}
