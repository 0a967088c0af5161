// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A point of an answer, read without making values of the rest.
struct FoundPoint {
    var id: PointID?
    var score: Float?
    /// `Brief.field` as bytes.
    var brief: [UInt8] = []
    /// The chunk's metadata as it is stored, where it was asked for.
    var metadata: String?

    /// Reads the point that comes next.
    /// - Throws: `malformedBody` if it is not one; `unavailable` if it has a score that is no number.
    init(_ scanner: inout JSONScanner) throws(RAGError) {
        var found = FoundPoint()
        try scanner.object { scanner, name throws(RAGError) in
            if name.reads("id") {
                found.id = PointID(try scanner.rawString().content)
            } else if name.reads("score") {
                do { found.score = Float(try scanner.number()) } catch { throw QdrantClient.unexpected("sent a score that is no number") }
            } else if name.reads("payload") {
                try found.readPayload(&scanner)
            } else {
                try scanner.skip()
            }
        }
        self = found
    }

    private init() {}

    private mutating func readPayload(_ scanner: inout JSONScanner) throws(RAGError) {
        var copy = self
        try scanner.object { scanner, name throws(RAGError) in
            if name.reads("brief") {
                let (content, hasEscapes) = try scanner.rawString()
                copy.brief = hasEscapes ? try Self.unescaped(content) : Array(content)
            } else if name.reads("metadata") {
                copy.metadata = try scanner.string()
            } else {
                try scanner.skip()
            }
        }
        self = copy
    }

    private static func unescaped(_ content: Slice<UnsafeBufferPointer<UInt8>>) throws(RAGError) -> [UInt8] {
        let quoted = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
        return Array((try JSONValue(parsing: quoted).string ?? "").utf8)
    }

    /// Reads an answer's `result`, an array of points.
    static func list(_ answer: [UInt8]) throws(RAGError) -> [FoundPoint] {
        var points: [FoundPoint] = []
        try result(answer) { scanner throws(RAGError) in
            try scanner.array { scanner throws(RAGError) in points.append(try FoundPoint(&scanner)) }
        }
        return points
    }

    /// Reads an answer's `result`, one object with `points` for each query of a batch; `body` reads the points of the query at each place.
    static func batch(
        _ answer: [UInt8],
        _ body: (Int, inout JSONScanner) throws(RAGError) -> Void
    ) throws(RAGError) -> Int {
        var place = 0
        try result(answer) { scanner throws(RAGError) in
            try scanner.array { scanner throws(RAGError) in
                var hasPoints = false
                try scanner.object { scanner, name throws(RAGError) in
                    guard name.reads("points") else { return try scanner.skip() }
                    hasPoints = true
                    try scanner.array { scanner throws(RAGError) in try body(place, &scanner) }
                }
                guard hasPoints else { throw QdrantClient.unexpected("sent no points where points were asked for") }
                place += 1
            }
        }
        return place
    }

    private static func result(_ answer: [UInt8], _ body: (inout JSONScanner) throws(RAGError) -> Void) throws(RAGError) {
        var hasResult = false
        do {
            try JSONScanner.scan(answer) { scanner throws(RAGError) in
                try scanner.object { scanner, name throws(RAGError) in
                    guard name.reads("result") else { return try scanner.skip() }
                    try body(&scanner)
                    hasResult = true
                }
            }
        } catch {
            guard error.code == .malformedBody else { throw error }
            throw RAGError(.unavailable, "qdrant sent something that cannot be read; check QDRANT_URL", cause: error)
        }
        guard hasResult else { throw QdrantClient.unexpected("sent an answer without a result; check QDRANT_URL") }
    }
}
