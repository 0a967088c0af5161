// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGEmbedded

@Suite struct TenantIndexTests {
    @Test func `Random additions, removals and merges find what a plain search of the same chunks finds`() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        var model = TenantIndexModel(seed: seed)
        var index = TenantIndex(dimension: TenantIndexModel.dimension)
        for round in 0..<60 {
            let removed = model.remove(Int.random(in: 0...12, using: &model.generator))
            let added = model.add(Int.random(in: 0...25, using: &model.generator))
            index = index.applying(adding: added, removing: removed + [(key: -1, terms: [1])])
            if let plan = index.mergeCandidates(forced: round % 10 == 9) {
                // Changes that come while a merge is under way are in the result.
                let late = model.remove(3)
                let merged = try TenantIndex.merge(plan, graphAbove: 150)
                index = index.applying(adding: model.add(2), removing: late).replacing(plan, with: merged)
            }
            #expect(index.liveCount == model.chunks.count)
            #expect(index.keys == model.chunks.keys.sorted())
            Self.compare(index, &model, filter: nil)
            Self.compare(index, &model, filter: .equals(field: "parity", .number(1)))
            Self.compare(index, &model, filter: .anyOf(field: "group", [.string("g2"), .string("g9")]))
        }
    }

    @Test func `A merge changes no score and no hit`() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        var model = TenantIndexModel(seed: seed)
        var index = TenantIndex(dimension: TenantIndexModel.dimension)
        for _ in 0..<20 {
            let removed = model.remove(8)
            index = index.applying(adding: model.add(30), removing: removed)
        }
        let vector = model.randomVector()
        let terms = model.randomTerms(6)
        let before = index.search(vector: vector, terms: terms, filter: nil, limit: 10_000)
        var merges = 0
        for forced in [false, true] {
            while let plan = index.mergeCandidates(forced: forced) {
                index = index.replacing(plan, with: try TenantIndex.merge(plan))
                merges += 1
                let after = index.search(vector: vector, terms: terms, filter: nil, limit: 10_000)
                #expect(Set(after.hits) == Set(before.hits))
                #expect(after.termCoverage == before.termCoverage)
            }
        }
        #expect(merges > 0)
        #expect(index.deletedCount == 0)
        #expect(before.hits.count == model.chunks.count)
    }

    @Test func `What a merge brings back of a segment that was emptied meanwhile stays deleted`() throws {
        var model = TenantIndexModel(seed: 5)
        var index = TenantIndex(dimension: TenantIndexModel.dimension)
        for _ in 0..<6 { index = index.applying(adding: model.add(4), removing: []) }
        let plan = try #require(index.mergeCandidates())
        let merged = try TenantIndex.merge(plan)
        index = index.applying(adding: [], removing: model.remove(model.chunks.count))
        index = index.applying(adding: model.add(3), removing: []).replacing(plan, with: merged)
        #expect(index.keys == model.chunks.keys.sorted())
        Self.compare(index, &model, filter: nil)
    }

    @Test func `Searches of nothing and for nothing find nothing`() {
        let empty = TenantIndex(dimension: 3)
        #expect(empty.search(vector: [1, 0, 0], terms: [1], filter: nil, limit: 5).hits.isEmpty)
        #expect(empty.search(vector: [1, 0, 0], terms: nil, filter: nil, limit: 5).termCoverage == nil)
        #expect(empty.search(vector: nil, terms: [1, 2], filter: nil, limit: 5).termCoverage == 0)
        #expect(empty.mergeCandidates() == nil && empty.mergeCandidates(forced: true) == nil)
        var model = TenantIndexModel(seed: 1)
        let index = TenantIndex(dimension: TenantIndexModel.dimension).applying(adding: model.add(5), removing: [])
        #expect(index.search(vector: nil, terms: nil, filter: nil, limit: 5).hits.isEmpty)
        #expect(index.search(vector: model.randomVector(), terms: [1], filter: nil, limit: 0).hits.isEmpty)
        #expect(index.search(vector: model.randomVector(), terms: nil, filter: nil, limit: 2).hits.allSatisfy { $0.lexical == nil })
    }

    @Test func `Small segments are merged before there are many of them`() throws {
        var model = TenantIndexModel(seed: 9)
        var index = TenantIndex(dimension: TenantIndexModel.dimension)
        for _ in 0..<200 {
            index = index.applying(adding: model.add(2), removing: [])
            while let plan = index.mergeCandidates() { index = index.replacing(plan, with: try TenantIndex.merge(plan)) }
            #expect(index.parts.count <= 20)
        }
        #expect(index.liveCount == 400)
    }

    @Test func `A segment with many deleted chunks is rewritten without them`() throws {
        var model = TenantIndexModel(seed: 3)
        var index = TenantIndex(dimension: TenantIndexModel.dimension).applying(adding: model.add(100), removing: [])
        index = index.applying(adding: [], removing: model.remove(20))
        #expect(index.mergeCandidates() == nil)
        index = index.applying(adding: [], removing: model.remove(10))
        let plan = try #require(index.mergeCandidates())
        index = index.replacing(plan, with: try TenantIndex.merge(plan))
        #expect(index.deletedCount == 0 && index.liveCount == 70)
    }

    /// Both searches and the coverage against the model.
    private static func compare(_ index: TenantIndex, _ model: inout TenantIndexModel, filter: Filter?) {
        let vector = model.randomVector()
        let terms = model.randomTerms(5)
        let (truth, coverages) = model.scores(vector: vector, terms: terms, filter: filter)
        let limit = 10
        for exhaustively in [false, true] {
            let found =
                exhaustively
                ? index.exhaustiveSearch(vector: vector, terms: terms, filter: filter, limit: limit)
                : index.search(vector: vector, terms: terms, filter: filter, limit: limit)
            #expect(Set(found.hits.map(\.chunk)).count == found.hits.count)
            #expect(coverages.contains { abs(Double(found.termCoverage ?? -1) - $0) < 1e-4 })
            for hit in found.hits {
                guard let (dense, lexical) = truth[hit.chunk] else {
                    Issue.record("\(hit.chunk) was not to be found")
                    continue
                }
                #expect(abs(Double(hit.dense ?? -9) - dense) < 1e-5)
                #expect(abs(Double(hit.lexical ?? -9) - lexical) < 1e-3)
            }
            let bestDense = truth.values.map(\.0).sorted(by: >).prefix(limit)
            let bestLexical = truth.values.map(\.1).filter { $0 > 0 }.sorted(by: >).prefix(limit)
            for (score, wanted) in zip(found.hits.compactMap(\.dense).sorted(by: >), bestDense) {
                #expect(abs(Double(score) - wanted) < 1e-5)
            }
            for (score, wanted) in zip(found.hits.compactMap(\.lexical).sorted(by: >), bestLexical) {
                #expect(abs(Double(score) - wanted) < 1e-3)
            }
            #expect(found.hits.count >= max(bestDense.count, bestLexical.count))
        }
    }
}
