// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import RAGCore

/// A request's media type, lower-case and without parameters.
struct ContentType: Sendable {
    var mediaType: String?
    var charset: String?

    /// - Throws: `unsupportedMediaType` for a compressed body.
    init(_ headers: HTTPFields) throws(RAGError) {
        if let encoding = headers[.contentEncoding]?.lowercased(), encoding != "identity" {
            throw RAGError(
                .unsupportedMediaType,
                "compressed bodies are not read; send it without Content-Encoding",
                field: "Content-Encoding"
            )
        }
        let parts = (headers[.contentType] ?? "").split(separator: ";").map { Self.trimmed($0).lowercased() }
        mediaType = parts.first.flatMap { $0.isEmpty ? nil : $0 }
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            charset = part.dropFirst("charset=".count).filter { $0 != "\"" }
        }
    }

    var isJSON: Bool { mediaType == "application/json" }

    /// - Throws: `unsupportedMediaType` unless the body is JSON in UTF-8.
    func requireJSON() throws(RAGError) {
        guard isJSON else {
            throw RAGError(.unsupportedMediaType, "send JSON as Content-Type: application/json", field: "Content-Type")
        }
        guard charset == nil || charset == "utf-8" || charset == "utf8" else {
            throw RAGError(.unsupportedMediaType, "JSON is read in UTF-8 only", field: "Content-Type")
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
