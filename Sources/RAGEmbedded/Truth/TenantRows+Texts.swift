// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore

extension TenantRows {
    /// Bytes per stored part of a text: reading a passage of a long text costs one or two parts, not the whole.
    static let partLength = 16_384

    /// The key of the document's text with that hash, which is stored if it is new.
    func store(_ text: String, hash: ContentHash, of document: Int64) throws -> Int64 {
        let known = "SELECT key FROM texts WHERE tenant = ? AND document = ? AND hash = ?"
        if let key: Int64 = try value(known, [tenant, document, hash.rawValue]) { return key }
        let bytes = Data(text.utf8)
        try execute(
            "INSERT INTO texts (tenant, document, hash, length) VALUES (?, ?, ?, ?)",
            [tenant, document, hash.rawValue, bytes.count]
        )
        let key = db.lastInsertedRowID
        for (part, start) in stride(from: 0, to: bytes.count, by: Self.partLength).enumerated() {
            try execute(
                "INSERT INTO text_parts (tenant, text, part, bytes) VALUES (?, ?, ?, ?)",
                [tenant, key, part, bytes[start..<min(start + Self.partLength, bytes.count)]]
            )
        }
        return key
    }

    /// The key of a revision's text.
    func text(ofRevision number: Int, document: Int64) throws -> Int64? {
        try value(
            "SELECT text FROM revisions WHERE tenant = ? AND document = ? AND number = ?",
            [tenant, document, number]
        )
    }

    /// All bytes of a text.
    func bytes(ofText text: Int64) throws -> [UInt8] {
        try bytes(ofText: text, parts: 0...Int.max >> 16)
    }

    /// The bytes of a range of a text; fewer if the text is shorter.
    func bytes(_ range: Range<Int>, ofText text: Int64) throws -> ArraySlice<UInt8> {
        guard !range.isEmpty, range.lowerBound >= 0 else { return [] }
        let first = range.lowerBound / Self.partLength
        let bytes = try bytes(ofText: text, parts: first...(range.upperBound - 1) / Self.partLength)
        let offset = first * Self.partLength
        let end = min(range.upperBound - offset, bytes.count)
        let start = min(range.lowerBound - offset, end)
        return bytes[start..<end]
    }

    /// The texts of ranges, cut out of one reading where they are close together.
    func string(_ range: Range<Int>, ofText text: Int64) throws -> String {
        String(decoding: try bytes(range, ofText: text), as: UTF8.self)
    }

    private func bytes(ofText text: Int64, parts: ClosedRange<Int>) throws -> [UInt8] {
        let statement = try db.cachedStatement(
            sql: "SELECT bytes FROM text_parts WHERE tenant = ? AND text = ? AND part BETWEEN ? AND ? ORDER BY part"
        )
        let rows = try Row.fetchCursor(statement, arguments: [tenant, text, parts.lowerBound, parts.upperBound])
        var bytes: [UInt8] = []
        while let row = try rows.next() {
            try row.withUnsafeData(atIndex: 0) { data in
                if let data { bytes.append(contentsOf: data) }
            }
        }
        return bytes
    }
}
