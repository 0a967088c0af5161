// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// One document of a `POST /index` body.
enum DocumentBody {
    static let fields = ["id", "title", "url", "metadata", "text", "format"]
    static let maximumTextBytes = 16 * 1_024 * 1_024
    static let maximumTitleBytes = 2_048
    static let maximumURLBytes = 4_096
    static let maximumMetadataFields = 100
    static let maximumNameBytes = 128
    static let maximumStringBytes = 8_192
    static let maximumListElements = 1_000

    /// How a document's text is written.
    enum Format: String, CaseIterable {
        case plain
        case markdown
        case html
    }

    static func source(_ value: JSONValue, path: String) throws(RAGError) -> DocumentSource {
        let reader = try FieldReader(value, path: path, fields: fields)
        guard let rawID = try reader.string("id", maximumBytes: DocumentID.maximumLength) else {
            throw reader.missing("id", "give the document an id")
        }
        let id = try DocumentID(rawID, field: reader.name("id"))
        guard let text = try reader.string("text", maximumBytes: maximumTextBytes) else {
            throw reader.missing("text", "give the document's text as a string")
        }
        let content: DocumentSource.Content =
            switch try reader.word("format", Format.self) {
            case nil: .text(text, format: nil)
            case .plain?: .text(text, format: .plain)
            case .markdown?: .text(text, format: .markdown)
            case .html?: .file(Array(text.utf8), name: id.rawValue, mediaType: "text/html")
            }
        return DocumentSource(
            id: id,
            title: try line(reader.string("title", maximumBytes: maximumTitleBytes), field: reader.name("title")),
            url: try line(reader.string("url", maximumBytes: maximumURLBytes), field: reader.name("url")),
            metadata: try metadata(reader),
            content: content
        )
    }

    /// `text` as it is, if no control character stands in it.
    static func line(_ text: String?, field: String) throws(RAGError) -> String? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw RAGError(.invalidField, "give one line without control characters", field: field)
        }
        return text
    }

    static func metadata(_ reader: FieldReader) throws(RAGError) -> Metadata {
        guard let value = reader.value("metadata") else { return [:] }
        guard let members = value.object else { throw reader.invalid("metadata", "give an object, not \(value.kind)") }
        guard members.count <= maximumMetadataFields else {
            throw reader.invalid("metadata", "give at most \(maximumMetadataFields) fields")
        }
        var metadata: Metadata = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) where member != .null {
            let path = FieldPath.join(reader.name("metadata"), name)
            guard (1...maximumNameBytes).contains(name.utf8.count) else {
                throw RAGError(.invalidField, "a field's name has 1 to \(maximumNameBytes) bytes", field: path)
            }
            guard !FilterBody.reservedWords.contains(name) else {
                throw RAGError(.invalidField, "and, or and not are words of the filter language and cannot name a field", field: path)
            }
            guard let parsed = MetadataValue(member), fits(parsed) else {
                throw RAGError(
                    .invalidField,
                    "give a string of at most \(maximumStringBytes) bytes, a number, a boolean, or a list of at most \(maximumListElements) of them",
                    field: path
                )
            }
            metadata[name] = parsed
        }
        return metadata
    }

    private static func fits(_ value: MetadataValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.count <= maximumStringBytes
        case .list(let values): values.count <= maximumListElements && values.allSatisfy(fits)
        case .number, .boolean: true
        }
    }
}
