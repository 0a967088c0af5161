// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// An accepted document's content: a header in JSON, and its bytes as points of a bounded size.
enum ContentParts {
    /// Most bytes of a part of a file.
    private static let length = 768 << 10

    static func id(of item: PointID, _ part: Int) -> PointID { PointID("part", item.text, String(part)) }

    /// The points of an item's content, and its header.
    static func points(_ source: DocumentSource, of item: PointID, key: DocumentKey) -> (header: String, points: [PointWrite]) {
        var writer = JSONWriter(capacity: 256)
        let parts: [String]
        switch source.content {
        case .text(let text, let format):
            parts = TextParts.split(text)
            writer.object { writer in
                write(source, to: &writer)
                writer.member("format", format?.rawValue)
            }
        case .file(let bytes, let name, let mediaType):
            parts = stride(from: 0, to: bytes.count, by: length).map { start in
                Data(bytes[start..<min(start + length, bytes.count)]).base64EncodedString()
            }
            writer.object { writer in
                write(source, to: &writer)
                writer.member("name", name)
                writer.member("media_type", mediaType)
            }
        }
        let points = parts.enumerated().map { number, part in
            var payload = key.payload
            payload[Field.kind] = .string(RecordKind.part.rawValue)
            payload[Field.owner] = .string(item.text)
            payload[Field.writtenAt] = .number(WallClock.now)
            payload["content"] = .string(part)
            return PointWrite(id(of: item, number), payload)
        }
        return (String(decoding: writer.bytes, as: UTF8.self), points)
    }

    private static func write(_ source: DocumentSource, to writer: inout JSONWriter) {
        writer.member("title", source.title)
        writer.member("url", source.url)
        writer.key("metadata")
        writer.value(JSONValue(source.metadata))
    }

    /// The document as it was accepted; nil if its content is not what was written.
    static func source(_ item: IngestItem, parts: [String]) -> DocumentSource? {
        guard let header = try? JSONValue(parsing: Array(item.header.utf8)) else { return nil }
        let content: DocumentSource.Content
        if let name = header["name"]?.string {
            var bytes: [UInt8] = []
            for part in parts {
                guard let data = Data(base64Encoded: part) else { return nil }
                bytes.append(contentsOf: data)
            }
            content = .file(bytes, name: name, mediaType: header["media_type"]?.string)
        } else {
            content = .text(parts.joined(), format: header["format"]?.string.flatMap(TextFormat.init(rawValue:)))
        }
        return DocumentSource(
            id: item.name,
            title: header["title"]?.string,
            url: header["url"]?.string,
            metadata: header["metadata"]?.object?.compactMapValues { MetadataValue($0) } ?? [:],
            content: content
        )
    }
}
