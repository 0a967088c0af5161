// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CHNSW
import RAGCore

/// An immutable graph over vectors of length 1; it holds the vectors, too.
///
/// Rows are slots: the first that was added is slot 0.
final class VectorGraph: @unchecked Sendable {
    // Safety: the graph is sealed before the initialiser returns, and everything that is done to a sealed graph only reads it.
    private let graph: OpaquePointer
    let dimension: Int
    let count: Int

    /// Links per row; a row of the lowest level has up to twice as many.
    static let links = 16
    /// How many candidates are looked at for a new row's links.
    static let constructionWidth = 200
    /// Rows added between two looks at whether building was cancelled.
    private static let batch = 256

    /// Takes over a sealed graph.
    private init(sealed graph: OpaquePointer, dimension: Int) {
        self.graph = graph
        self.dimension = dimension
        count = grounded_hnsw_count(graph)
    }

    deinit { grounded_hnsw_free(graph) }

    /// A new graph over the rows of a flat matrix that has at least one; the same rows give the same graph.
    /// - Throws: `cancelled` if it is cancelled meanwhile, `internal` for lack of memory.
    static func build(
        _ rows: [Float],
        dimension: Int,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> VectorGraph {
        var graph: OpaquePointer?
        try check { grounded_hnsw_create(dimension, rows.count / dimension, links, constructionWidth, &graph, &$0) }
        return try finish(graph, dimension: dimension, appending: rows, isCancelled: isCancelled)
    }

    /// A graph with the slots in `live`, in order, and then `rows`; nil if too little would remain connected, so that a
    /// new graph must be built. Costs far less than a new graph where few slots go or come.
    /// - Throws: `cancelled` if it is cancelled meanwhile, `internal` for lack of memory.
    func extended(
        keeping live: Bitmap,
        appending rows: [Float],
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> VectorGraph? {
        let capacity = live.population + rows.count / dimension
        guard capacity > 0 else { return nil }
        var copy: OpaquePointer?
        var message = grounded_hnsw_message()
        let status = live.withWords { words in grounded_hnsw_copy(graph, words.baseAddress, capacity, &copy, &message) }
        if status == GROUNDED_HNSW_DISCONNECTED { return nil }
        try Self.check(status, message)
        return try Self.finish(copy, dimension: dimension, appending: rows, isCancelled: isCancelled)
    }

    private static func finish(
        _ graph: OpaquePointer?,
        dimension: Int,
        appending rows: [Float],
        isCancelled: () -> Bool
    ) throws(RAGError) -> VectorGraph {
        guard let graph else { throw RAGError(.internal, "a graph could not be made") }
        var finished = false
        defer { if !finished { grounded_hnsw_free(graph) } }
        let count = rows.count / dimension
        for start in stride(from: 0, to: count, by: batch) {
            if isCancelled() { throw RAGError(.cancelled, "building the vector index was cancelled") }
            var message = grounded_hnsw_message()
            let status = rows.withUnsafeBufferPointer { buffer in
                grounded_hnsw_append(
                    graph,
                    buffer.baseAddress.map { $0 + start * dimension },
                    dimension * MemoryLayout<Float>.stride,
                    min(batch, count - start),
                    &message
                )
            }
            try check(status, message)
        }
        grounded_hnsw_seal(graph)
        finished = true
        return VectorGraph(sealed: graph, dimension: dimension)
    }

    /// Up to `limit` slots that are close to `query`, with exact scores, best first; only those in `allowed` if it is given.
    ///
    /// - Parameters:
    ///   - width: How many candidates are kept; more find more and take longer.
    ///   - patience: How many slots that are not allowed the search passes over before it gives up.
    /// - Returns: nil if the search gave up or the memory does not suffice.
    func search(_ query: [Float], limit: Int, width: Int, allowed: Bitmap?, patience: Int) -> [(slot: Int, score: Float)]? {
        guard limit > 0 else { return [] }
        var slots = [UInt32](repeating: 0, count: limit)
        var scores = [Float](repeating: 0, count: limit)
        var found = 0
        var message = grounded_hnsw_message()
        let status =
            if let allowed {
                allowed.withWords { words in
                    grounded_hnsw_search(graph, query, limit, width, words.baseAddress, patience, &slots, &scores, &found, &message)
                }
            } else {
                grounded_hnsw_search(graph, query, limit, width, nil, 0, &slots, &scores, &found, &message)
            }
        guard status == GROUNDED_HNSW_OK else { return nil }
        return (0..<found).map { (Int(slots[$0]), scores[$0]) }
    }

    /// Lends the first row and the number of bytes from one row to the next.
    func withRows(_ body: (UnsafePointer<Float>, Int) -> Void) {
        var stride = 0
        withExtendedLifetime(self) {
            if let rows = grounded_hnsw_rows(graph, &stride) { body(rows, stride) }
        }
    }

    /// The links, without the vectors.
    func encodedLinks() -> [UInt8] {
        let size = grounded_hnsw_encoded_size(graph)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            grounded_hnsw_encode(graph, buffer.baseAddress)
            count = size
        }
    }

    /// The graph whose links were encoded, over the same rows.
    /// - Throws: `corrupt` if the links cannot belong to the rows.
    static func decode(
        links: UnsafeRawBufferPointer,
        rows: UnsafeBufferPointer<Float>,
        dimension: Int
    ) throws(RAGError) -> VectorGraph {
        var graph: OpaquePointer?
        try check {
            grounded_hnsw_decode(
                links.assumingMemoryBound(to: UInt8.self).baseAddress,
                links.count,
                rows.baseAddress,
                dimension,
                rows.count / dimension,
                &graph,
                &$0
            )
        }
        guard let graph else { throw RAGError(.corrupt, "a vector index has no graph") }
        return VectorGraph(sealed: graph, dimension: dimension)
    }

    private static func check(_ body: (inout grounded_hnsw_message) -> grounded_hnsw_status) throws(RAGError) {
        var message = grounded_hnsw_message()
        try check(body(&message), message)
    }

    private static func check(_ status: grounded_hnsw_status, _ message: grounded_hnsw_message) throws(RAGError) {
        guard status != GROUNDED_HNSW_OK else { return }
        let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        throw RAGError(status == GROUNDED_HNSW_INVALID ? .corrupt : .internal, "vector index: \(text)")
    }
}
