// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// The metadata of slots `0..<slotCount`, turned sideways: per field and value the slots that have it.
///
/// Answers filters with bitmaps, and agrees with `Filter.matches` on every filter and every metadata.
package struct MetadataColumns: Sendable {
    package let slotCount: Int
    let columns: [String: MetadataColumn]

    /// Columns of the slots' metadata, slot `i` first `i`.
    package init(_ metadata: [Metadata]) {
        var builder = MetadataColumnsBuilder()
        for fields in metadata { builder.append(fields) }
        self = builder.finish()
    }

    init(slotCount: Int, columns: [String: MetadataColumn]) {
        self.slotCount = slotCount
        self.columns = columns
    }

    /// The slots whose metadata passes.
    package func bitmap(matching filter: Filter) -> Bitmap {
        switch filter {
        case .equals(let field, let value):
            var result = Bitmap(count: slotCount)
            columns[field]?.insertSlots(equalTo: value, into: &result)
            return result
        case .anyOf(let field, let values):
            var result = Bitmap(count: slotCount)
            if let column = columns[field] { for value in values { column.insertSlots(equalTo: value, into: &result) } }
            return result
        case .range(let field, let bounds):
            var result = Bitmap(count: slotCount)
            columns[field]?.insertSlots(inside: bounds, into: &result)
            return result
        case .exists(let field):
            var result = Bitmap(count: slotCount)
            if let column = columns[field] { result.insert(column.present) }
            return result
        case .all(let filters):
            var result = Bitmap(count: slotCount, filled: true)
            for filter in filters { result.and(bitmap(matching: filter)) }
            return result
        case .any(let filters):
            var result = Bitmap(count: slotCount)
            for filter in filters { result.or(bitmap(matching: filter)) }
            return result
        case .not(let filter):
            var result = bitmap(matching: filter)
            result.invert()
            return result
        }
    }

    /// The columns of the live slots of all parts, in order.
    package static func merged(_ parts: [(columns: MetadataColumns, live: Bitmap)]) -> MetadataColumns {
        var builder = MetadataColumnsBuilder()
        for (columns, live) in parts { builder.append(columns, live: live) }
        return builder.finish()
    }
}
