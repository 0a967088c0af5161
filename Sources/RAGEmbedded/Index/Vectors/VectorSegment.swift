// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CHNSW
package import RAGCore

/// The vectors of a segment, one of length 1 per slot: a flat matrix, with a graph over it where there are many.
package struct VectorSegment: Sendable {
    /// Where the vectors lie; the graph holds its own, so that none is in memory twice.
    private enum Storage: Sendable {
        case flat([Float])
        case graph(VectorGraph)
    }

    /// Floats per vector.
    package let dimension: Int
    /// Number of vectors.
    package let count: Int
    private let storage: Storage

    /// The most vectors that are searched without a graph: an exact scan of as many 384-dimensional ones takes about 0.1 ms while they
    /// are in the cache and several times that from memory.
    package static let mostWithoutGraph = 4_096
    /// The least candidates that a search of the graph keeps: recall@10 of 0.98 and more on 100,000 vectors.
    package static let searchWidth = 128
    /// How much wider a search with a filter is.
    static let filteredWidthFactor = 2
    /// A search of a graph with a filter looks at about `width / share` rows and their neighbours, an exact scan at all that
    /// are allowed; one row and its neighbours cost as much as this many rows of a scan (measured on 100,000 × 384).
    static let expansionCost = 8.0
    /// How many slots that are not allowed a search of the graph passes over for each that is, before an exact scan is
    /// cheaper. Filters that go with the topic make the graph look in the wrong place, which their share does not tell.
    static let patience = 2
    /// The share of a graph's slots that must be left for its links to be used again in a merge.
    static let reuseShare = 0.75

    private init(dimension: Int, count: Int, storage: Storage) {
        self.dimension = dimension
        self.count = count
        self.storage = storage
    }

    /// The vectors that a graph holds.
    init(graph: VectorGraph) {
        self.init(dimension: graph.dimension, count: graph.count, storage: .graph(graph))
    }

    /// Vectors without a graph, row after row.
    /// - Precondition: `rows` holds whole rows.
    package init(rows: [Float], dimension: Int) {
        precondition(dimension > 0 && rows.count % dimension == 0, "a matrix has whole rows")
        self.init(dimension: dimension, count: rows.count / dimension, storage: .flat(rows))
    }

    /// Vectors row after row, with a graph if there are more than `mostWithoutGraph`.
    /// - Throws: `cancelled` if it is cancelled meanwhile, `internal` for lack of memory.
    package static func build(
        rows: [Float],
        dimension: Int,
        graphAbove: Int = mostWithoutGraph,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> VectorSegment {
        let flat = VectorSegment(rows: rows, dimension: dimension)
        guard flat.count > graphAbove else { return flat }
        return VectorSegment(graph: try VectorGraph.build(rows, dimension: dimension, isCancelled: isCancelled))
    }

    /// The live vectors of all parts, in the order of the parts; the first part's graph is used again where it pays.
    /// - Throws: `cancelled` if it is cancelled meanwhile, `internal` for lack of memory.
    package static func merged(
        _ parts: [(segment: VectorSegment, live: Bitmap)],
        dimension: Int,
        graphAbove: Int = mostWithoutGraph,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> VectorSegment {
        let total = parts.reduce(0) { $0 + $1.live.population }
        if total > graphAbove, let first = parts.first, let graph = first.segment.graph,
            Double(first.live.population) >= reuseShare * Double(first.segment.count)
        {
            var added: [Float] = []
            for part in parts.dropFirst() { part.segment.append(part.live, to: &added) }
            if let extended = try graph.extended(keeping: first.live, appending: added, isCancelled: isCancelled) {
                return VectorSegment(graph: extended)
            }
        }
        var rows: [Float] = []
        rows.reserveCapacity(total * dimension)
        for part in parts { part.segment.append(part.live, to: &rows) }
        return try build(rows: rows, dimension: dimension, graphAbove: graphAbove, isCancelled: isCancelled)
    }

    /// Whether there is a graph.
    package var hasGraph: Bool { graph != nil }

    var graph: VectorGraph? { if case .graph(let graph) = storage { graph } else { nil } }

    /// The cosine similarity of `query` and the vector at `slot`.
    package func score(_ slot: Int, _ query: [Float]) -> Float {
        precondition(slot >= 0 && slot < count && query.count == dimension, "the slot and the query fit the segment")
        var score: Float = 0
        withRows { rows, stride in score = grounded_dot(query, Self.row(slot, rows, stride), dimension) }
        return score
    }

    /// The vector at `slot`.
    package func vector(_ slot: Int) -> [Float] {
        precondition(slot >= 0 && slot < count, "the slot lies in the segment")
        var vector: [Float] = []
        append(slot...slot, to: &vector)
        return vector
    }

    /// Offers the best slots in `live` to `hits`. Scores are exact; where the graph is used, a few of the best may be missed.
    package func search(_ query: [Float], live: Bitmap, limit: Int, into hits: inout TopHits, segment: Int) {
        precondition(live.count == count && query.count == dimension, "the bitmap and the query fit the segment")
        let allowed = live.population
        guard allowed > 0, limit > 0 else { return }
        // A filter hides part of what the graph finds on its way, so more is kept.
        let width = max(Self.searchWidth, limit + limit / 2) * (allowed == count ? 1 : Self.filteredWidthFactor)
        if let graph, isGraphCheaper(allowed: allowed, width: width) {
            let filter = allowed == count ? nil : live
            if let found = graph.search(
                query,
                limit: limit,
                width: width,
                allowed: filter,
                patience: Self.patience * allowed
            ) {
                for (slot, score) in found { hits.insert(score: score, segment: segment, slot: slot) }
                return
            }
        }
        scan(query, live: live, into: &hits, segment: segment)
    }

    /// Whether a search of the graph is expected to cost less than an exact scan of what is allowed.
    func isGraphCheaper(allowed: Int, width: Int) -> Bool {
        let share = Double(allowed) / Double(count)
        return Double(allowed) > Self.expansionCost * Double(width) / share
    }

    /// Offers every slot in `live` to `hits`: what `search` is measured against.
    package func scan(_ query: [Float], live: Bitmap, into hits: inout TopHits, segment: Int) {
        precondition(live.count == count && query.count == dimension, "the bitmap and the query fit the segment")
        let isFull = live.population == count
        withRows { rows, stride in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block) { scores in
                if isFull {
                    scanAll(query, rows, stride, scores, &hits, segment)
                } else {
                    scanChosen(query, live, rows, stride, scores, &hits, segment)
                }
            }
        }
    }

    /// Slots scored at a time; their scores fit the first-level cache.
    private static let block = 1024

    private func scanAll(
        _ query: [Float],
        _ rows: UnsafePointer<Float>,
        _ stride: Int,
        _ scores: UnsafeMutableBufferPointer<Float>,
        _ hits: inout TopHits,
        _ segment: Int
    ) {
        for start in Swift.stride(from: 0, to: count, by: Self.block) {
            let size = min(Self.block, count - start)
            grounded_dot_many(query, Self.row(start, rows, stride), stride, size, dimension, scores.baseAddress)
            for index in 0..<size where scores[index] >= hits.threshold {
                hits.insert(score: scores[index], segment: segment, slot: start + index)
            }
        }
    }

    private func scanChosen(
        _ query: [Float],
        _ live: Bitmap,
        _ rows: UnsafePointer<Float>,
        _ stride: Int,
        _ scores: UnsafeMutableBufferPointer<Float>,
        _ hits: inout TopHits,
        _ segment: Int
    ) {
        var slots: [UInt32] = []
        slots.reserveCapacity(Self.block)
        var iterator = live.makeIterator()
        while true {
            slots.removeAll(keepingCapacity: true)
            while slots.count < Self.block, let slot = iterator.next() { slots.append(UInt32(truncatingIfNeeded: slot)) }
            if slots.isEmpty { return }
            grounded_dot_chosen(query, rows, stride, slots, slots.count, dimension, scores.baseAddress)
            for index in slots.indices where scores[index] >= hits.threshold {
                hits.insert(score: scores[index], segment: segment, slot: Int(slots[index]))
            }
        }
    }

    /// Appends the vectors of `slots`.
    func append(_ slots: some Sequence<Int>, to matrix: inout [Float]) {
        withRows { rows, stride in
            for slot in slots {
                matrix.append(contentsOf: UnsafeBufferPointer(start: Self.row(slot, rows, stride), count: dimension))
            }
        }
    }

    /// Lends the first row and the number of bytes from one row to the next; does nothing if there is no row.
    private func withRows(_ body: (UnsafePointer<Float>, Int) -> Void) {
        switch storage {
        case .flat(let rows):
            rows.withUnsafeBufferPointer { buffer in
                if let first = buffer.baseAddress { body(first, dimension * MemoryLayout<Float>.stride) }
            }
        case .graph(let graph): graph.withRows(body)
        }
    }

    private static func row(_ slot: Int, _ rows: UnsafePointer<Float>, _ stride: Int) -> UnsafePointer<Float> {
        // Strides are whole floats.
        rows + slot * (stride / MemoryLayout<Float>.stride)
    }
}
