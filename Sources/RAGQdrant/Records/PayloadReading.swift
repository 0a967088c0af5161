// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Reads a payload's fields; what is missing or wrong is damage, and is named.
extension Point {
    func requiredString(_ field: String) throws(RAGError) -> String {
        guard let value = string(field) else { throw damaged(field) }
        return value
    }

    func requiredInteger(_ field: String) throws(RAGError) -> Int {
        // Everything that is counted here stays far below; so does whatever is added to it.
        guard let value = integer(field), (0...1 << 53).contains(value) else { throw damaged(field) }
        return value
    }

    /// A number of chunks or parts.
    func requiredCount(_ field: String, from least: Int = 0) throws(RAGError) -> Int {
        let value = try requiredInteger(field)
        guard (least...Self.mostParts).contains(value) else { throw damaged(field) }
        return value
    }

    static let mostParts = 1 << 24

    func requiredID(_ field: String) throws(RAGError) -> PointID {
        guard let id = PointID(stored: try requiredString(field)) else { throw damaged(field) }
        return id
    }

    func damaged(_ field: String) -> RAGError {
        RAGError(.corrupt, "the field '\(field)' of point \(id.text) in qdrant cannot be read; restore the collection from a snapshot")
    }
}

/// Metadata and heading paths as they lie in payloads: JSON in a string, so that what comes back is what went in.
enum StoredJSON {
    /// Metadata with sorted names, so that equal metadata is equal text.
    static func encode(_ metadata: Metadata) -> String {
        var writer = JSONWriter(capacity: 128)
        writer.value(JSONValue(metadata))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func encode(_ headings: [String]) -> String {
        var writer = JSONWriter(capacity: 128)
        writer.value(.array(headings.map { .string($0) }))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func metadata(_ text: String) -> Metadata? {
        guard text != "{}" else { return [:] }
        return (try? JSONValue(parsing: Array(text.utf8)))?.object?.compactMapValues { MetadataValue($0) }
    }

    static func headings(_ text: String) -> [String]? {
        guard text != "[]" else { return [] }
        return (try? JSONValue(parsing: Array(text.utf8)))?.array?.compactMap(\.string)
    }
}

extension Revision {
    /// The fields of a head's or revision record's payload.
    var payload: [String: JSONValue] {
        var payload: [String: JSONValue] = [
            "revision": .integer(Int64(number)), "hash": .string(hash.rawValue), "metadata": .string(StoredJSON.encode(metadata)),
            // As text: the digits of a float are the server's business, a moment is not.
            "created_at": .string(createdAt.description), "format": .string(format.rawValue), "length": .integer(Int64(length)),
        ]
        if let title { payload["title"] = .string(title) }
        if let url { payload["url"] = .string(url) }
        return payload
    }

    init(_ point: Point, document: DocumentID) throws(RAGError) {
        guard let createdAt = Double(try point.requiredString("created_at")) else { throw point.damaged("created_at") }
        guard let format = TextFormat(rawValue: try point.requiredString("format")) else { throw point.damaged("format") }
        guard let metadata = StoredJSON.metadata(try point.requiredString("metadata")) else { throw point.damaged("metadata") }
        self.init(
            document: document,
            number: try point.requiredInteger("revision"),
            hash: ContentHash(rawValue: try point.requiredString("hash")),
            createdAt: createdAt,
            title: point.string("title"),
            url: point.string("url"),
            metadata: metadata,
            format: format,
            length: try point.requiredInteger("length")
        )
    }

    /// Whether a reader could tell the two apart by anything but number and time.
    func says(theSameAs other: Revision) -> Bool {
        hash == other.hash && format == other.format && title == other.title && url == other.url
            && StoredJSON.encode(metadata) == StoredJSON.encode(other.metadata)
    }
}
