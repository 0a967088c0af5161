// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A condition on points, as Qdrant's REST interface words it.
indirect enum PointFilter: Sendable, Hashable {
    /// The field, or an element of it, has this value.
    case match(String, JSONValue)
    /// The field, or an element of it, has one of these values.
    case matchAny(String, [JSONValue])
    /// The field, or an element of it, is a number inside the bounds.
    case range(String, NumberBounds)
    /// The point is one of these.
    case ids([PointID])
    /// An object in the array at this field fulfils the condition by itself.
    case nested(String, PointFilter)
    case all([PointFilter])
    case any([PointFilter])
    case not(PointFilter)

    /// Bounds of a number; a missing one is open.
    struct NumberBounds: Sendable, Hashable {
        var above: Double?
        var from: Double?
        var below: Double?
        var upTo: Double?
    }

    static func match(_ field: String, _ value: String) -> PointFilter { .match(field, .string(value)) }
    static func matchAny(_ field: String, _ values: [String]) -> PointFilter { .matchAny(field, values.map { .string($0) }) }

    /// Writes a filter object: `{"must": [...]}`.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .all(let filters): Self.clause("must", filters, &writer)
            case .any(let filters) where !filters.isEmpty: Self.clause("should", filters, &writer)
            case .any: Self.clause("must", [.ids([])], &writer)
            case .not(let filter): Self.clause("must_not", [filter], &writer)
            default: Self.clause("must", [self], &writer)
            }
        }
    }

    private static func clause(_ name: String, _ filters: [PointFilter], _ writer: inout JSONWriter) {
        writer.key(name)
        writer.array { writer in for filter in filters { filter.writeCondition(to: &writer) } }
    }

    private func writeCondition(to writer: inout JSONWriter) {
        switch self {
        case .match(let field, let value):
            writer.object { writer in
                writer.member("key", field)
                writer.key("match")
                writer.object { writer in
                    writer.key("value")
                    writer.value(value)
                }
            }
        case .matchAny(let field, let values):
            writer.object { writer in
                writer.member("key", field)
                writer.key("match")
                writer.object { writer in
                    writer.key("any")
                    writer.value(.array(values))
                }
            }
        case .range(let field, let bounds):
            writer.object { writer in
                writer.member("key", field)
                writer.key("range")
                writer.object { writer in bounds.write(to: &writer) }
            }
        case .ids(let ids):
            writer.object { writer in
                writer.key("has_id")
                writer.array { writer in for id in ids { writer.string(id.text) } }
            }
        case .nested(let field, let filter):
            writer.object { writer in
                writer.key("nested")
                writer.object { writer in
                    writer.member("key", field)
                    writer.key("filter")
                    filter.write(to: &writer)
                }
            }
        case .all, .any, .not: write(to: &writer)
        }
    }
}

extension PointFilter.NumberBounds {
    fileprivate func write(to writer: inout JSONWriter) {
        if let above { writer.member("gt", above) }
        if let from { writer.member("gte", from) }
        if let below { writer.member("lt", below) }
        if let upTo { writer.member("lte", upTo) }
    }
}
