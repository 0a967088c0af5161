// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// An accepted document as it waits on the disk: a header in JSON, and the content's bytes as they came.
struct IngestPayload {
    var header: String
    var bytes: Data

    init(_ source: DocumentSource) {
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            writer.member("title", source.title)
            writer.member("url", source.url)
            writer.key("metadata")
            writer.value(JSONValue(source.metadata))
            switch source.content {
            case .text(_, let format): writer.member("format", format?.rawValue)
            case .file(_, let name, let mediaType):
                writer.member("name", name)
                writer.member("media_type", mediaType)
            }
        }
        header = String(decoding: writer.bytes, as: UTF8.self)
        switch source.content {
        case .text(let text, _): bytes = Data(text.utf8)
        case .file(let content, _, _): bytes = Data(content)
        }
    }

    init(header: String, bytes: Data) {
        self.header = header
        self.bytes = bytes
    }

    /// The document as it was accepted.
    func source(id: DocumentID) throws -> DocumentSource {
        let header = try JSONValue(parsing: Array(header.utf8))
        let metadata = header["metadata"]?.object?.compactMapValues { MetadataValue($0) } ?? [:]
        let content: DocumentSource.Content
        if let name = header["name"]?.string {
            content = .file(Array(bytes), name: name, mediaType: header["media_type"]?.string)
        } else {
            let format = header["format"]?.string.flatMap(TextFormat.init(rawValue:))
            content = .text(String(decoding: bytes, as: UTF8.self), format: format)
        }
        return DocumentSource(
            id: id,
            title: header["title"]?.string,
            url: header["url"]?.string,
            metadata: metadata,
            content: content
        )
    }
}
