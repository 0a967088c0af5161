// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore

/// How values lie in columns: metadata and heading paths as JSON, vectors as little-endian floats.
enum Columns {
    /// Metadata as JSON with sorted names, so that equal metadata is equal text.
    static func encode(_ metadata: Metadata) -> String {
        var writer = JSONWriter(capacity: 128)
        writer.value(JSONValue(metadata))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func metadata(_ text: String) throws -> Metadata {
        guard text != "{}" else { return [:] }
        guard let members = try JSONValue(parsing: Array(text.utf8)).object else { throw damaged("metadata") }
        return members.compactMapValues { MetadataValue($0) }
    }

    static func encode(_ headings: [String]) -> String {
        guard !headings.isEmpty else { return "[]" }
        var writer = JSONWriter(capacity: 128)
        writer.value(.array(headings.map { .string($0) }))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func headings(_ text: String) throws -> [String] {
        guard text != "[]" else { return [] }
        guard let elements = try JSONValue(parsing: Array(text.utf8)).array else { throw damaged("headings") }
        return elements.compactMap(\.string)
    }

    static func encode(_ vector: ArraySlice<Float>) -> Data {
        vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// A vector of `dimension` floats, or an error if the column holds another number of them.
    static func vector(_ row: Row, at index: Int, dimension: Int) throws -> [Float] {
        try row.withUnsafeData(atIndex: index) { data in
            guard let data, data.count == dimension * 4 else { throw damaged("a vector") }
            let bits = [UInt32](unsafeUninitializedCapacity: dimension) { buffer, count in
                _ = data.copyBytes(to: buffer)
                count = dimension
            }
            return bits.map { Float(bitPattern: UInt32(littleEndian: $0)) }
        }
    }

    static func format(_ text: String) throws -> TextFormat {
        guard let format = TextFormat(rawValue: text) else { throw damaged("a text format") }
        return format
    }

    static func damaged(_ what: String) -> RAGError {
        RAGError(.corrupt, "\(what) in the store cannot be read; restore it from a backup")
    }
}
