// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGEmbedded
import RAGTestKit
import Testing

struct BitmapTests {
    @Test(arguments: [0, 1, 63, 64, 65, 127, 128, 1000])
    func aFilledBitmapHoldsEverySlotAndNothingPastTheEnd(count: Int) {
        let filled = Bitmap(count: count, filled: true)
        #expect(filled.population == count)
        #expect(Array(filled) == Array(0..<count))
        filled.withWords { #expect($0.reduce(0) { $0 + $1.nonzeroBitCount } == count) }
        var inverted = filled
        inverted.invert()
        #expect(inverted.isEmpty)
        #expect(inverted == Bitmap(count: count))
    }

    @Test func agreesWithASetUnderEveryOperation() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let count = Int.random(in: 1...300, using: &random)
            let a = Set((0..<count).filter { _ in Bool.random(using: &random) })
            let b = Set((0..<count).filter { _ in Bool.random(using: &random) })
            #expect(Set(combined(a, b, count) { $0.and($1) }) == a.intersection(b))
            #expect(Set(combined(a, b, count) { $0.or($1) }) == a.union(b))
            #expect(Set(combined(a, b, count) { $0.andNot($1) }) == a.subtracting(b))
            var inverted = bitmap(a, count)
            inverted.invert()
            #expect(Array(inverted) == (0..<count).filter { !a.contains($0) })
            #expect(inverted.population == count - a.count)
        }
    }

    @Test(arguments: [true, false]) func growsWithSlotsThatAreInTheSetOrNot(filled: Bool) {
        for (old, new) in [(0, 5), (5, 5), (5, 64), (64, 130), (63, 65), (10, 500)] {
            var bitmap = Bitmap(count: old)
            bitmap.grow(to: new, filled: filled)
            #expect(bitmap.count == new)
            #expect(Array(bitmap) == (filled ? Array(old..<new) : []))
        }
    }

    @Test func wordsAreReadBackOnlyIfTheyFitTheCount() throws {
        let bitmap = bitmap([0, 64, 69], 70)
        let words = bitmap.withWords { Array($0) }
        #expect(Bitmap(count: 70, words: words) == bitmap)
        #expect(Bitmap(count: 69, words: words) == nil)
        #expect(Bitmap(count: 200, words: words) == nil)
        #expect(Bitmap(count: -1, words: []) == nil)
    }

    @Test func topHitsKeepTheBestWhateverTheOrderOfInsertion() {
        var random = SeededGenerator(seed: 12)
        for limit in [0, 1, 2, 7, 100, 1000] {
            var entries: [TopHits.Entry] = []
            for segment in 0..<3 {
                for slot in 0..<120 {
                    entries.append(.init(score: Float(Int.random(in: 0..<20, using: &random)), segment: segment, slot: slot))
                }
            }
            let expected = Array(entries.sorted { $0.precedes($1) }.prefix(limit))
            for _ in 0..<3 {
                entries.shuffle(using: &random)
                var hits = TopHits(limit: limit)
                for entry in entries { hits.insert(score: entry.score, segment: entry.segment, slot: entry.slot) }
                hits.insert(score: .nan, segment: 0, slot: 0)
                #expect(hits.sorted() == expected)
                if limit > 0 { #expect(hits.threshold == (limit <= 360 ? expected.last?.score : -.infinity)) }
            }
        }
    }

    private func bitmap(_ slots: Set<Int>, _ count: Int) -> Bitmap {
        var result = Bitmap(count: count)
        for slot in slots { result[slot] = true }
        return result
    }

    private func combined(_ a: Set<Int>, _ b: Set<Int>, _ count: Int, _ body: (inout Bitmap, Bitmap) -> Void) -> Bitmap {
        var result = bitmap(a, count)
        body(&result, bitmap(b, count))
        return result
    }
}
