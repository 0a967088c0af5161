// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Collects the vectors of a server's answer and trusts none of it: places, number, length and values are checked.
struct EmbeddingRows {
    private let server: ModelServer
    private var rows: [[Float]?]
    private var dimension: Int?

    /// - Parameter dimension: What every vector must have; nil takes that of the first.
    init(count: Int, dimension: Int?, server: ModelServer) {
        rows = Array(repeating: nil, count: count)
        self.dimension = dimension
        self.server = server
    }

    /// Takes a vector, as numbers or as base64, and brings it to length 1.
    /// - Throws: `unavailable`.
    mutating func set(_ index: Int, _ value: JSONValue) throws(RAGError) {
        guard rows.indices.contains(index) else { throw server.unexpected("returned a vector for a text that it was not sent") }
        guard rows[index] == nil else { throw server.unexpected("returned two vectors for one text") }
        let vector = try floats(value)
        let expected = dimension ?? vector.count
        guard vector.count == expected, expected > 0 else {
            throw server.unexpected(
                "returned a vector of \(vector.count) floats, not \(expected); is another model behind \(server.role.urlSetting)?"
            )
        }
        dimension = expected
        // In doubles, so that the squares of large floats do not overflow.
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 1e-30 else {
            throw server.unexpected("returned a vector that has no direction or a number that is not finite")
        }
        rows[index] = vector.map { Float(Double($0) / length) }
    }

    /// All vectors, one after the other.
    /// - Throws: `unavailable` where one is missing.
    func values() throws(RAGError) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(rows.count * (dimension ?? 0))
        for row in rows {
            guard let row else { throw server.unexpected("returned too few vectors: \(rows.count { $0 != nil }) of \(rows.count)") }
            values.append(contentsOf: row)
        }
        return values
    }

    private func floats(_ value: JSONValue) throws(RAGError) -> [Float] {
        if let text = value.string {
            guard let floats = Base64.floats(text) else { throw server.unexpected("returned a vector that is not base64 of floats") }
            return floats
        }
        guard let elements = value.array else { throw server.unexpected("returned \(value.kind) in place of a vector") }
        var floats: [Float] = []
        floats.reserveCapacity(elements.count)
        for element in elements {
            guard let number = element.number else { throw server.unexpected("returned a vector with \(element.kind) in it") }
            floats.append(Float(number))
        }
        return floats
    }
}
