// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension MetadataValue {
    /// A scalar or a list of scalars; nil for anything else.
    public init?(_ value: JSONValue) {
        switch value {
        case .string(let value): self = .string(value)
        case .bool(let value): self = .boolean(value)
        case .integer(let value): self = .number(Double(value))
        case .number(let value): self = .number(value)
        case .array(let elements):
            var scalars: [MetadataValue] = []
            for element in elements {
                guard let scalar = MetadataValue(element), !scalar.isList else { return nil }
                scalars.append(scalar)
            }
            self = .list(scalars)
        case .null, .object: return nil
        }
    }

    /// The same as JSON.
    public var json: JSONValue {
        switch self {
        case .string(let value): .string(value)
        case .number(let value): .number(value)
        case .boolean(let value): .bool(value)
        case .list(let values): .array(values.map(\.json))
        }
    }

    var isList: Bool { if case .list = self { true } else { false } }
}

extension JSONValue {
    /// Metadata as a JSON object.
    public init(_ metadata: Metadata) { self = .object(metadata.mapValues(\.json)) }
}
