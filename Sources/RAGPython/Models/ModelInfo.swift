// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a Python model's `info()` says.
struct ModelInfo: Sendable {
    let json: JSONValue
    private let subject: String

    /// Throws `invalidConfiguration` unless `text` is a JSON object.
    init(_ text: String, subject: String) throws(RAGError) {
        do throws(RAGError) {
            json = try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw RAGError(.invalidConfiguration, "info() of \(subject) is not JSON", cause: error)
        }
        guard json.object != nil else { throw RAGError(.invalidConfiguration, "info() of \(subject) is no JSON object") }
        self.subject = subject
    }

    /// A text that must be there.
    func text(_ key: String) throws(RAGError) -> String {
        guard let value = json[key]?.string else {
            throw RAGError(.invalidConfiguration, "info() of \(subject) has no text \(key)")
        }
        return value
    }

    /// A positive number that must be there.
    func count(_ key: String) throws(RAGError) -> Int {
        guard let value = json[key]?.integer, value > 0, value <= 1 << 24 else {
            throw RAGError(.invalidConfiguration, "info() of \(subject) has no positive number \(key)")
        }
        return Int(value)
    }

    /// How many texts the model is given at once; 1 unless it says otherwise.
    var batchSize: Int {
        get throws(RAGError) { json["batch_size"] == nil || json["batch_size"] == .null ? 1 : try count("batch_size") }
    }
}

extension Int {
    /// How many parts of `size` this many elements make.
    func parts(of size: Int) -> Int { self / size + (self % size == 0 ? 0 : 1) }
}

extension Range<Int> {
    /// Part `index` of parts of `size`.
    func part(_ index: Int, of size: Int) -> Range<Int> {
        let start = lowerBound + index * size
        return start..<Swift.min(upperBound, start + size)
    }
}
