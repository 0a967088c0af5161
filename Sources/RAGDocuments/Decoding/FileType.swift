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
    /// Neither says anything: the bytes decide.
    case unknown
    /// Something that is known not to be text.
    case foreign

    init(name: String, mediaType: String?) {
        if let mediaType, let type = Self.byMediaType(mediaType) {
            // Uploads often call Markdown plain text: the name knows more.
            if type == .plain, Self.byName(name) == .markdown { self = .markdown } else { self = type }
        } else {
            self = Self.byName(name)
        }
    }

    static func unsupported(name: String, mediaType: String?) -> RAGError {
        let extensionName = Self.extensionName(of: name)
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
        case "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/x-ndjson": return .unknown
        default: return essence.hasPrefix("text/") ? .unknown : .foreign
        }
    }

    private static func byName(_ name: String) -> FileType {
        switch extensionName(of: name) {
        case "txt", "text": .plain
        case "md", "markdown": .markdown
        case "html", "htm": .html
        case "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub", "zip", "gz", "rtf", "msg", "eml": .foreign
        default: .unknown
        }
    }

    private static func extensionName(of name: String) -> String {
        let file = name.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return "" }
        return file[file.index(after: dot)...].lowercased()
    }
}
