// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The filter language of `POST /query`.
///
/// An object's members must all hold. `{"field": value}` is equality with a string, number or boolean; `{"field": {…}}` takes
/// `in` (a list of such values), `gt` `gte` `lt` `lte` (numbers, or strings compared by their bytes), `exists` (true or false) and
/// `ne` (a value). `and` and `or` take a list of filters, `not` takes one; the three words cannot be names of fields here.
struct FilterBody {
    static let maximumDepth = 10
    static let maximumConditions = 100
    static let maximumValues = 1_000
    static let maximumValueBytes = 8_192
    static let reservedWords = ["and", "or", "not"]
    static let conditionWords = ["in", "gt", "gte", "lt", "lte", "exists", "ne"]

    private var conditions = 0

    /// The filter, or nil if the object is empty.
    static func filter(_ value: JSONValue, path: String) throws(RAGError) -> Filter? {
        if value.object?.isEmpty == true { return nil }
        var body = FilterBody()
        return try body.group(value, path: path, depth: 1)
    }

    private mutating func group(_ value: JSONValue, path: String, depth: Int) throws(RAGError) -> Filter {
        guard depth <= Self.maximumDepth else {
            throw RAGError(.invalidField, "filters are nested at most \(Self.maximumDepth) deep", field: path)
        }
        guard let members = value.object else {
            throw RAGError(.invalidField, "a filter is an object, not \(value.kind)", field: path)
        }
        guard !members.isEmpty else { throw RAGError(.invalidField, "a filter inside a filter cannot be empty", field: path) }
        var filters: [Filter] = []
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            let path = FieldPath.join(path, name)
            switch name {
            case "and": filters.append(.all(try list(member, path: path, depth: depth)))
            case "or": filters.append(.any(try list(member, path: path, depth: depth)))
            case "not": filters.append(.not(try group(member, path: path, depth: depth + 1)))
            default: filters.append(contentsOf: try condition(name, member, path: path))
            }
        }
        return filters.count == 1 ? filters[0] : .all(filters)
    }

    private mutating func list(_ value: JSONValue, path: String, depth: Int) throws(RAGError) -> [Filter] {
        guard let elements = value.array, !elements.isEmpty else {
            throw RAGError(.invalidField, "give a list of one or more filters", field: path)
        }
        var filters: [Filter] = []
        for (index, element) in elements.enumerated() {
            filters.append(try group(element, path: "\(path)[\(index)]", depth: depth + 1))
        }
        return filters
    }

    private mutating func condition(_ name: String, _ value: JSONValue, path: String) throws(RAGError) -> [Filter] {
        guard (1...DocumentBody.maximumNameBytes).contains(name.utf8.count) else {
            throw RAGError(.invalidField, "a field's name has 1 to \(DocumentBody.maximumNameBytes) bytes", field: path)
        }
        guard case .object(let members) = value else {
            try count(path)
            return [.equals(field: name, try Self.scalar(value, path: path))]
        }
        let reader = try FieldReader(value, path: path, fields: Self.conditionWords)
        var filters: [Filter] = []
        if let values = reader.value("in") {
            try count(path)
            filters.append(.anyOf(field: name, try Self.scalars(values, path: reader.name("in"))))
        }
        if let bounds = try Self.bounds(reader) {
            try count(path)
            filters.append(.range(field: name, bounds))
        }
        if let exists = try reader.bool("exists") {
            try count(path)
            filters.append(exists ? .exists(field: name) : .not(.exists(field: name)))
        }
        if let other = reader.value("ne") {
            try count(path)
            filters.append(.not(.equals(field: name, try Self.scalar(other, path: reader.name("ne")))))
        }
        guard !filters.isEmpty else {
            let what = members.isEmpty ? "the condition is empty" : "null is not a value; use exists"
            throw RAGError(.invalidField, "\(what); give one of \(Self.conditionWords.joined(separator: ", "))", field: path)
        }
        return filters
    }

    private mutating func count(_ path: String) throws(RAGError) {
        conditions += 1
        guard conditions <= Self.maximumConditions else {
            throw RAGError(.invalidField, "a filter has at most \(Self.maximumConditions) conditions", field: path)
        }
    }

    private static func bounds(_ reader: FieldReader) throws(RAGError) -> FilterBounds? {
        let bounds = FilterBounds(
            greaterThan: try bound(reader, "gt"),
            greaterOrEqual: try bound(reader, "gte"),
            lessThan: try bound(reader, "lt"),
            lessOrEqual: try bound(reader, "lte")
        )
        let given = [bounds.greaterThan, bounds.greaterOrEqual, bounds.lessThan, bounds.lessOrEqual].compactMap { $0 }
        guard !given.isEmpty else { return nil }
        let numbers = given.filter { if case .number = $0 { true } else { false } }
        guard numbers.isEmpty || numbers.count == given.count else {
            throw RAGError(.invalidField, "the bounds of one condition are all numbers or all strings", field: reader.path)
        }
        return bounds
    }

    private static func bound(_ reader: FieldReader, _ word: String) throws(RAGError) -> MetadataValue? {
        guard let value = reader.value(word) else { return nil }
        switch try scalar(value, path: reader.name(word)) {
        case .boolean, .list: throw reader.invalid(word, "give a number or a string, not \(value.kind)")
        case let bound: return bound
        }
    }

    private static func scalars(_ value: JSONValue, path: String) throws(RAGError) -> [MetadataValue] {
        guard let elements = value.array, (1...maximumValues).contains(elements.count) else {
            throw RAGError(.invalidField, "give a list of 1 to \(maximumValues) values", field: path)
        }
        var values: [MetadataValue] = []
        for (index, element) in elements.enumerated() { values.append(try scalar(element, path: "\(path)[\(index)]")) }
        return values
    }

    private static func scalar(_ value: JSONValue, path: String) throws(RAGError) -> MetadataValue {
        switch MetadataValue(value) {
        case .list?: throw RAGError(.invalidField, "give one value; for any of several use {\"in\": […]}", field: path)
        case nil: throw RAGError(.invalidField, "give a string, a number or a boolean, not \(value.kind)", field: path)
        case .string(let text)? where text.utf8.count > maximumValueBytes:
            throw RAGError(.invalidField, "a value has at most \(maximumValueBytes) bytes", field: path)
        case .some(let scalar): return scalar
        }
    }
}
