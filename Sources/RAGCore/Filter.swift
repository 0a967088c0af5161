// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A condition on a document's metadata.
public indirect enum Filter: Sendable, Hashable {
    /// The field has this value, or a list that holds it. A field that is absent matches nothing.
    case equals(field: String, MetadataValue)
    /// The field has one of these values.
    case anyOf(field: String, [MetadataValue])
    /// The field is a number, or a string compared by its bytes, inside the bounds; a missing bound is open.
    case range(field: String, FilterBounds)
    /// The field is present.
    case exists(field: String)
    case all([Filter])
    case any([Filter])
    case not(Filter)
}

/// The bounds of a range filter. Numbers compare with numbers, strings (so ISO dates too) with strings.
public struct FilterBounds: Sendable, Hashable {
    public var greaterThan: MetadataValue?
    public var greaterOrEqual: MetadataValue?
    public var lessThan: MetadataValue?
    public var lessOrEqual: MetadataValue?

    public init(
        greaterThan: MetadataValue? = nil,
        greaterOrEqual: MetadataValue? = nil,
        lessThan: MetadataValue? = nil,
        lessOrEqual: MetadataValue? = nil
    ) {
        self.greaterThan = greaterThan
        self.greaterOrEqual = greaterOrEqual
        self.lessThan = lessThan
        self.lessOrEqual = lessOrEqual
    }

    /// Whether one scalar lies inside.
    public func contains(_ value: MetadataValue) -> Bool {
        check(greaterThan, value) { $0 > 0 } && check(greaterOrEqual, value) { $0 >= 0 } && check(lessThan, value) { $0 < 0 }
            && check(lessOrEqual, value) { $0 <= 0 }
    }

    private func check(_ bound: MetadataValue?, _ value: MetadataValue, _ accepts: (Int) -> Bool) -> Bool {
        guard let bound else { return true }
        switch (value, bound) {
        case (.number(let a), .number(let b)): return accepts(a < b ? -1 : a > b ? 1 : 0)
        case (.string(let a), .string(let b)):
            if a == b { return accepts(0) }
            return accepts(a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1)
        default: return false
        }
    }
}

extension Filter {
    /// Whether a document with this metadata passes: the definition that every store must agree with.
    public func matches(_ metadata: Metadata) -> Bool {
        switch self {
        case .equals(let field, let value): Self.scalars(metadata[field]).contains(value)
        case .anyOf(let field, let values): Self.scalars(metadata[field]).contains { values.contains($0) }
        case .range(let field, let bounds): Self.scalars(metadata[field]).contains { bounds.contains($0) }
        case .exists(let field): metadata[field] != nil
        case .all(let filters): filters.allSatisfy { $0.matches(metadata) }
        case .any(let filters): filters.contains { $0.matches(metadata) }
        case .not(let filter): !filter.matches(metadata)
        }
    }

    /// A value's scalars: itself, or the elements of a list.
    public static func scalars(_ value: MetadataValue?) -> [MetadataValue] {
        switch value {
        case nil: []
        case .list(let values)?: values
        case .some(let scalar): [scalar]
        }
    }
}
