// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Reads an object's fields strictly: unknown names, wrong types and wrong ranges are errors that name the field and what is right.
///
/// A field that is null counts as absent.
struct FieldReader {
    let path: String
    private let members: [String: JSONValue]

    /// - Parameters:
    ///   - path: Where the object stands, as in `documents[3]`; empty for the body itself.
    ///   - fields: The fields that exist.
    init(_ value: JSONValue, path: String, fields: [String]) throws(RAGError) {
        guard let members = value.object else {
            let place = path.isEmpty ? "the body" : path
            throw RAGError(.invalidField, "\(place) must be an object, not \(value.kind)", field: path.isEmpty ? nil : path)
        }
        if let unknown = members.keys.filter({ !fields.contains($0) }).min() {
            throw RAGError(.unknownField, "the fields are \(fields.joined(separator: ", "))", field: FieldPath.join(path, unknown))
        }
        self.path = path
        self.members = members
    }

    func name(_ field: String) -> String { FieldPath.join(path, field) }

    func value(_ field: String) -> JSONValue? {
        if let value = members[field], value != .null { value } else { nil }
    }

    func missing(_ field: String, _ message: String) -> RAGError { RAGError(.missingField, message, field: name(field)) }

    func invalid(_ field: String, _ message: String) -> RAGError { RAGError(.invalidField, message, field: name(field)) }

    /// A string of at most `maximumBytes` bytes of UTF-8.
    func string(_ field: String, maximumBytes: Int) throws(RAGError) -> String? {
        guard let value = value(field) else { return nil }
        guard let text = value.string else { throw invalid(field, "give a string, not \(value.kind)") }
        guard text.utf8.count <= maximumBytes else { throw invalid(field, "give at most \(maximumBytes) bytes of UTF-8") }
        return text
    }

    func bool(_ field: String) throws(RAGError) -> Bool? {
        guard let value = value(field) else { return nil }
        guard let flag = value.bool else { throw invalid(field, "give true or false, not \(value.kind)") }
        return flag
    }

    func integer(_ field: String, in range: ClosedRange<Int>) throws(RAGError) -> Int? {
        guard let value = value(field) else { return nil }
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
            throw invalid(field, "give a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ field: String, in range: ClosedRange<Double>) throws(RAGError) -> Double? {
        guard let value = value(field) else { return nil }
        guard let number = value.number, range.contains(number) else {
            throw invalid(field, "give a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of an enumeration's words.
    func word<Word: RawRepresentable & CaseIterable>(_ field: String, _ type: Word.Type) throws(RAGError) -> Word?
    where Word.RawValue == String {
        guard let value = value(field) else { return nil }
        guard let word = value.string.flatMap({ Word(rawValue: $0) }) else {
            throw invalid(field, "give one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
