// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The parameters after `?`, checked as strictly as a body's fields: unknown or repeated names are errors.
struct QueryParameters: Sendable {
    private var values: [String: String] = [:]

    /// - Parameter names: The parameters that exist.
    init(_ query: Substring?, names: [String]) throws(RAGError) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = RequestPath.decode(parts[0], plusIsSpace: true),
                let value = RequestPath.decode(parts.count == 2 ? parts[1] : "", plusIsSpace: true)
            else { throw RAGError(.invalidField, "a query parameter is not percent-encoded UTF-8", field: "query string") }
            guard names.contains(name) else {
                let known = names.isEmpty ? "this endpoint has no parameters" : "the parameters are \(names.joined(separator: ", "))"
                throw RAGError(.unknownField, known, field: FieldPath.shortened(name))
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw RAGError(.invalidField, "the parameter stands twice", field: name)
            }
        }
    }

    /// The parameter's value; nil if it is absent or empty.
    func string(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(RAGError) -> Int? {
        guard let text = string(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw RAGError(.invalidField, "give a whole number from \(range.lowerBound) to \(range.upperBound)", field: name)
        }
        return value
    }

    func bool(_ name: String) throws(RAGError) -> Bool? {
        switch string(name) {
        case nil: nil
        case "true"?: true
        case "false"?: false
        default: throw RAGError(.invalidField, "give true or false", field: name)
        }
    }
}
