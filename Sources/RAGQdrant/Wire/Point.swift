// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A point as it is written.
struct PointWrite: Sendable {
    var id: PointID
    var dense: [Float]?
    var terms: SparseVector?
    var payload: [String: JSONValue]

    init(_ id: PointID, dense: [Float]? = nil, terms: SparseVector? = nil, _ payload: [String: JSONValue]) {
        self.id = id
        self.dense = dense
        self.terms = terms
        self.payload = payload
    }

    /// About how many bytes it takes in a request.
    var estimatedSize: Int {
        let text = payload.values.reduce(0) { $0 + ($1.string?.utf8.count ?? 24) + 24 }
        return 128 + text + (dense?.count ?? 0) * 14 + (terms?.indices.count ?? 0) * 24
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id.text)
            writer.key("vector")
            writer.object { writer in
                if let dense {
                    writer.key(VectorName.dense)
                    writer.array { writer in for value in dense { writer.float(value) } }
                }
                if let terms {
                    writer.key(VectorName.terms)
                    terms.write(to: &writer)
                }
            }
            writer.key("payload")
            writer.value(.object(payload))
        }
    }
}

/// The names of a chunk's vectors.
enum VectorName {
    static let dense = "dense"
    static let terms = "terms"
}

/// Weights of some dimensions out of 2³²; indices ascend and do not repeat.
struct SparseVector: Sendable, Hashable {
    var indices: [UInt32]
    var values: [Float]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("indices")
            writer.array { writer in for index in indices { writer.integer(Int(index)) } }
            writer.key("values")
            writer.array { writer in for value in values { writer.float(value) } }
        }
    }
}

/// A point as the server sent it. Whatever is missing or of another type is nil: readers decide what that means.
struct Point: Sendable {
    let id: PointID
    let score: Float?
    let payload: [String: JSONValue]
    private let vectors: JSONValue?

    /// - Throws: `unavailable` unless it is a point with a string id and, if it has a score, a finite one.
    init(_ value: JSONValue) throws(RAGError) {
        guard let id = value["id"]?.string.flatMap({ PointID(stored: $0) }) else {
            throw QdrantClient.unexpected("sent a point without an id")
        }
        if let score = value["score"] {
            guard let number = score.number, number.isFinite else { throw QdrantClient.unexpected("sent a score that is no number") }
            self.score = Float(number)
        } else {
            score = nil
        }
        self.id = id
        payload = value["payload"]?.object ?? [:]
        vectors = value["vector"]
    }

    func string(_ field: String) -> String? { payload[field]?.string }
    func integer(_ field: String) -> Int? { payload[field]?.integer.flatMap { Int(exactly: $0) } }
    func number(_ field: String) -> Double? { payload[field]?.number }

    /// The dense vector, if it was asked for and has this many floats.
    func dense(dimension: Int) -> [Float]? {
        guard let elements = vectors?[VectorName.dense]?.array, elements.count == dimension else { return nil }
        let values = elements.compactMap { $0.number.map { Float($0) } }
        return values.count == dimension ? values : nil
    }

    /// The sparse vector, if it was asked for.
    var terms: [UInt32: Float]? {
        guard let vector = vectors?[VectorName.terms], let indices = vector["indices"]?.array, let values = vector["values"]?.array,
            indices.count == values.count
        else { return nil }
        var terms: [UInt32: Float] = [:]
        for (index, value) in zip(indices, values) {
            guard let index = index.integer.flatMap({ UInt32(exactly: $0) }), let value = value.number else { return nil }
            terms[index] = Float(value)
        }
        return terms
    }
}
