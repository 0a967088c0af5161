// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGEmbedded

@Suite struct VectorSegmentTests {
    @Test(arguments: [1, 3, 8, 15, 16, 17, 31, 33, 64, 100, 384])
    func `Every way of scoring gives the same bits and nearly the true dot product`(dimension: Int) {
        var vectors = ClusteredVectors(dimension: dimension, clusters: 3, seed: UInt64(dimension))
        let segment = VectorSegment(rows: vectors.rows(40), dimension: dimension)
        let query = vectors.next()
        var all = TopHits(limit: 40)
        segment.scan(query, live: Bitmap(count: 40, filled: true), into: &all, segment: 0)
        var most = Bitmap(count: 40, filled: true)
        most[7] = false
        var chosen = TopHits(limit: 40)
        segment.search(query, live: most, limit: 40, into: &chosen, segment: 0)

        #expect(all.count == 40)
        #expect(chosen.sorted() == all.sorted().filter { $0.slot != 7 })
        for entry in all.sorted() {
            let truth = zip(segment.vector(entry.slot), query).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(entry.score == segment.score(entry.slot, query))
            #expect(abs(Double(entry.score) - truth) < 1e-5)
        }
    }

    @Test func `Empty segments, empty sets and impossible limits find nothing`() {
        var hits = TopHits(limit: 5)
        let empty = VectorSegment(rows: [], dimension: 4)
        empty.search([1, 0, 0, 0], live: Bitmap(count: 0), limit: 5, into: &hits, segment: 0)
        let one = VectorSegment(rows: [1, 0, 0, 0], dimension: 4)
        one.search([1, 0, 0, 0], live: Bitmap(count: 1), limit: 5, into: &hits, segment: 0)
        one.search([1, 0, 0, 0], live: Bitmap(count: 1, filled: true), limit: 0, into: &hits, segment: 0)
        #expect(hits.count == 0)
        one.search([1, 0, 0, 0], live: Bitmap(count: 1, filled: true), limit: 9, into: &hits, segment: 3)
        #expect(hits.sorted() == [TopHits.Entry(score: 1, segment: 3, slot: 0)])
    }

    @Test func `The graph finds what an exact scan finds, at every selectivity of a filter`() throws {
        // A recall bar is a statistic of one data set, so the data set stays the same.
        let seed: UInt64 = 2025
        var vectors = ClusteredVectors(dimension: 64, clusters: 40, seed: seed)
        let segment = try VectorSegment.build(rows: vectors.rows(12_000), dimension: 64)
        #expect(segment.hasGraph)
        var generator = SeededGenerator(seed: seed)
        for share in [0.001, 0.01, 0.05, 0.1, 0.19, 0.21, 0.3, 0.5, 0.9, 0.999, 1] {
            var live = Bitmap(count: segment.count)
            for slot in 0..<segment.count where Double.random(in: 0..<1, using: &generator) < share { live[slot] = true }
            let recall = Self.recall(of: segment, live: live, queries: (0..<50).map { _ in vectors.next() })
            #expect(recall >= 0.98, "share \(share)")
        }
    }

    @Test func `A filter far away from the query finds what an exact scan finds`() throws {
        // A recall bar is a statistic of one data set, so the data set stays the same.
        let seed: UInt64 = 2026
        var vectors = ClusteredVectors(dimension: 48, clusters: 14, seed: seed)
        let rows = Array((0..<14).map { vectors.rows(1_100, cluster: $0) }.joined())
        let segment = try VectorSegment.build(rows: rows, dimension: 48)
        var live = Bitmap(count: segment.count)
        for slot in 0..<6_600 { live[slot] = true }
        // Enough are allowed that the graph is tried first.
        let width = VectorSegment.searchWidth * VectorSegment.filteredWidthFactor
        #expect(segment.isGraphCheaper(allowed: 6_600, width: width))
        let recall = Self.recall(of: segment, live: live, queries: (0..<30).map { vectors.next(cluster: 6 + $0 % 8) })
        #expect(recall >= 0.98)
    }

    @Test func `A search of the graph gives up when the filter lets too little pass, and not before`() throws {
        var vectors = ClusteredVectors(dimension: 16, clusters: 4, seed: 3)
        let rows = Array((0..<4).map { vectors.rows(300, cluster: $0) }.joined())
        let graph = try VectorGraph.build(rows, dimension: 16)
        var allowed = Bitmap(count: 1_200)
        for slot in 0..<20 { allowed[slot] = true }
        let query = vectors.next(cluster: 3)
        #expect(graph.search(query, limit: 5, width: 64, allowed: allowed, patience: 10)?.count == nil)
        let found = try #require(graph.search(query, limit: 5, width: 64, allowed: allowed, patience: 1_200))
        #expect(found.count == 5 && found.allSatisfy { $0.slot < 20 })
    }

    @Test func `A merge that goes on from a graph loses no recall and no vector`() throws {
        // A recall bar is a statistic of one data set, so the data set stays the same.
        let seed: UInt64 = 2027
        var vectors = ClusteredVectors(dimension: 32, clusters: 30, seed: seed)
        let first = try VectorSegment.build(rows: vectors.rows(4_000), dimension: 32, graphAbove: 1_000)
        let second = VectorSegment(rows: vectors.rows(700), dimension: 32)
        var live = Bitmap(count: 4_000, filled: true)
        for slot in 0..<4_000 where slot % 7 == 0 || (300..<400).contains(slot) { live[slot] = false }
        let parts = [(segment: first, live: live), (segment: second, live: Bitmap(count: 700, filled: true))]
        let merged = try VectorSegment.merged(parts, dimension: 32, graphAbove: 1_000)

        #expect(merged.hasGraph)
        #expect(merged.count == live.population + 700)
        for (new, old) in live.enumerated() { #expect(merged.vector(new) == first.vector(old)) }
        for slot in 0..<700 { #expect(merged.vector(live.population + slot) == second.vector(slot)) }
        let everything = Bitmap(count: merged.count, filled: true)
        #expect(Self.recall(of: merged, live: everything, queries: (0..<100).map { _ in vectors.next() }) >= 0.98)
    }

    @Test func `A merge after whole clusters went away still reaches what remains`() throws {
        var vectors = ClusteredVectors(dimension: 32, clusters: 8, seed: 11)
        let rows = Array((0..<8).map { vectors.rows(500, cluster: $0) }.joined())
        let first = try VectorSegment.build(rows: rows, dimension: 32, graphAbove: 1_000)
        var live = Bitmap(count: 4_000, filled: true)
        for slot in 1_000..<1_900 { live[slot] = false }
        let merged = try VectorSegment.merged([(segment: first, live: live)], dimension: 32, graphAbove: 1_000)
        let everything = Bitmap(count: merged.count, filled: true)
        #expect(Self.recall(of: merged, live: everything, queries: (0..<80).map { vectors.next(cluster: $0 % 8) }) >= 0.98)
    }

    @Test func `Building stops when its task is cancelled`() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            var vectors = ClusteredVectors(dimension: 8, clusters: 2, seed: 1)
            return try VectorSegment.build(rows: vectors.rows(600), dimension: 8, graphAbove: 100)
        }
        await #expect { try await task.value } throws: { ($0 as? RAGError)?.code == .cancelled }
    }

    /// The share of the ten best by exact scan that a search finds, all with the same scores.
    private static func recall(of segment: VectorSegment, live: Bitmap, queries: [[Float]]) -> Double {
        var found = 0
        var wanted = 0
        for query in queries {
            var exact = TopHits(limit: 10)
            segment.scan(query, live: live, into: &exact, segment: 0)
            var hits = TopHits(limit: 10)
            segment.search(query, live: live, limit: 10, into: &hits, segment: 0)
            let best = Set(exact.sorted())
            found += hits.sorted().count { best.contains($0) }
            wanted += best.count
        }
        return Double(found) / Double(max(wanted, 1))
    }
}
