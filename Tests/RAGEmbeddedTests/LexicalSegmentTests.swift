// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGEmbedded
import RAGTestKit
import Testing

struct LexicalSegmentTests {
    @Test func findsExactlyWhatScoringEverySlotFinds() {
        for seed in UInt64(100)..<160 {
            print("lexical seed \(seed)")
            var random = SeededGenerator(seed: seed)
            let corpus = LexicalCorpus(random: &random)
            let segments = corpus.segments(random: &random)
            for limit in [1, 10, 100] {
                let query = corpus.query(segments, random: &random)
                var expected = TopHits(limit: limit)
                var found = TopHits(limit: limit)
                for (number, part) in segments.enumerated() {
                    for (slot, score) in part.segment.exhaustiveScores(query, live: part.live).enumerated() where score > 0 {
                        expected.insert(score: score, segment: number, slot: slot)
                    }
                    part.segment.search(query, live: part.live, into: &found, segment: number)
                }
                let best = found.sorted()
                #expect(best == expected.sorted(), "seed \(seed)")
                for hit in best {
                    #expect(segments[hit.segment].segment.score(slot: hit.slot, query) == hit.score)
                }
            }
        }
    }

    @Test func scoresAreThoseOfTheFormula() {
        let lists: [[UInt64]] = [[1, 2, 2, 3], [2, 4], [1, 1, 1, 5, 6, 7], []]
        let segment = LexicalSegment(termLists: lists)
        var statistics = LexicalStatistics()
        statistics.add(segment, terms: [1, 2, 2, 9], documents: 4, totalLength: 12)
        let query = LexicalQuery(terms: [1, 2, 2, 9], statistics: statistics, k1: 1.2, b: 0.75)
        let scores = segment.scores(of: [0, 1, 2, 3], query)
        let idf = Float(1.6931472) - 1  // ln(1 + 2.5 / 2.5), both terms in two of four chunks
        func part(_ occurrences: Float, _ length: Float) -> Float {
            idf * occurrences * 2.2 / (occurrences + 1.2 * (0.25 + 0.75 * length / 3))
        }
        let expected = [part(1, 4) + 2 * part(2, 4), 2 * part(1, 2), part(3, 6), 0]
        for (score, wanted) in zip(scores, expected) { #expect(abs(score - wanted) < 1e-5) }
        let unknown = statistics.inverseDocumentFrequency(of: 9)
        #expect(abs(query.totalRarity - (2 * idf + unknown)) < 1e-5)
    }

    @Test func knowsItsStatistics() {
        let segment = LexicalSegment(termLists: [[7, 7, 8], [8], [], [7]])
        #expect(segment.slotCount == 4)
        #expect(segment.termCount == 2)
        #expect(segment.totalLength == 5)
        #expect((0..<4).map(segment.length(of:)) == [3, 1, 0, 1])
        #expect(segment.documentFrequency(of: 7) == 2)
        #expect(segment.documentFrequency(of: 9) == 0)
        var slots = Bitmap(count: 4)
        slots[0] = true
        #expect(segment.documentFrequencies(in: slots) == [7: 1, 8: 1])
        #expect(segment.totalLength(of: slots) == 3)
    }

    @Test func deletionsCountAsIfTheChunksHadNeverBeen() {
        var random = SeededGenerator(seed: 21)
        let corpus = LexicalCorpus(random: &random)
        let parts = corpus.segments(random: &random)
        let query = corpus.query(parts, random: &random)
        let merged = LexicalSegment.merged(parts)
        let terms = query.terms.map(\.hash)
        var statistics = LexicalStatistics()
        statistics.add(merged, terms: terms, documents: merged.slotCount, totalLength: merged.totalLength)
        let again = LexicalQuery(terms: corpus.lastTerms, statistics: statistics, k1: 1.2, b: 0.75)
        #expect(again.terms == query.terms)
        let live = Bitmap(count: merged.slotCount, filled: true)
        let apart = parts.flatMap { part in part.live.map { part.segment.score(slot: $0, query) } }
        #expect(merged.exhaustiveScores(again, live: live) == apart)
    }

    @Test func mergingEqualsBuildingFromTheLiveChunks() {
        for seed in UInt64(30)..<50 {
            var random = SeededGenerator(seed: seed)
            let corpus = LexicalCorpus(random: &random)
            let parts = corpus.segments(random: &random)
            let lists = zip(parts, corpus.parts).flatMap { part, lists in part.live.map { lists[$0] } }
            #expect(LexicalSegment.merged(parts).encoded() == LexicalSegment(termLists: lists).encoded(), "seed \(seed)")
        }
        #expect(LexicalSegment.merged([]).slotCount == 0)
    }

    @Test func isReadBackAsItWasWritten() throws {
        var random = SeededGenerator(seed: 60)
        let corpus = LexicalCorpus(random: &random)
        for lists in corpus.parts + [[], [[]], [[1]]] {
            let segment = LexicalSegment(termLists: lists)
            var bytes: [UInt8] = [1, 2, 3]
            segment.encode(into: &bytes)
            let back = try LexicalSegment(decoding: bytes[3...])
            #expect(back.encoded() == segment.encoded())
            #expect(back.totalLength == segment.totalLength)
        }
    }

    @Test func damagedBytesAreRefusedOrSearchedWithoutATrap() throws {
        print("damage seed 70")
        var random = SeededGenerator(seed: 70)
        let corpus = LexicalCorpus(random: &random)
        let segments = corpus.segments(random: &random)
        let query = corpus.query(segments, random: &random)
        var refused = 0
        for round in 0..<600 {
            var bytes = segments[round % segments.count].segment.encoded()
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let limit = Bool.random(using: &random) ? bytes.count : min(bytes.count, 64)
                bytes[Int.random(in: 0..<limit, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let segment = try LexicalSegment(decoding: bytes[...])
                let live = Bitmap(count: segment.slotCount, filled: true)
                var hits = TopHits(limit: 10)
                segment.search(query, live: live, into: &hits, segment: 0)
                _ = LexicalSegment.merged([(segment, live)])
            } catch {
                #expect(error.code == .corrupt)
                refused += 1
            }
        }
        #expect(refused > 100)
    }
}

/// Random chunks in parts: a few terms that are everywhere, many that are rare.
private final class LexicalCorpus {
    let parts: [[[UInt64]]]
    private let vocabulary: Int
    private(set) var lastTerms: [UInt64] = []

    init(random: inout SeededGenerator) {
        let vocabulary = Int.random(in: 20...3000, using: &random)
        self.vocabulary = vocabulary
        let largest = [40, 300, 3000].randomElement(using: &random) ?? 40
        parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            (0..<Int.random(in: 0...largest, using: &random)).map { _ in
                (0..<Int.random(in: 0...60, using: &random)).map { _ in Self.term(vocabulary, &random) }
            }
        }
    }

    /// Segments with some slots deleted: none, some, or nearly all.
    func segments(random: inout SeededGenerator) -> [(segment: LexicalSegment, live: Bitmap)] {
        parts.map { lists in
            let segment = LexicalSegment(termLists: lists)
            var live = Bitmap(count: lists.count, filled: true)
            let share: Double = [0, 0.2, 0.97].randomElement(using: &random) ?? 0
            for slot in lists.indices where Double.random(in: 0..<1, using: &random) < share { live[slot] = false }
            return (segment, live)
        }
    }

    /// A query of some terms, weighted with the live chunks' statistics.
    func query(_ segments: [(segment: LexicalSegment, live: Bitmap)], random: inout SeededGenerator) -> LexicalQuery {
        let terms = (0..<Int.random(in: 1...20, using: &random)).map { _ in Self.term(vocabulary, &random) }
        lastTerms = terms
        var statistics = LexicalStatistics()
        for (segment, live) in segments {
            var deleted = live
            deleted.invert()
            statistics.add(
                segment,
                terms: terms,
                documents: live.population,
                totalLength: segment.totalLength(of: live),
                deletedFrequencies: segment.documentFrequencies(in: deleted)
            )
        }
        return LexicalQuery(terms: terms, statistics: statistics, k1: 1.2, b: 0.75)
    }

    private static func term(_ vocabulary: Int, _ random: inout SeededGenerator) -> UInt64 {
        let rank = Double(vocabulary + 1)
        let share = Double.random(in: 0..<1, using: &random)
        var power = 1.0
        for _ in 0..<3 { power *= share }
        var spread = SeededGenerator(seed: UInt64(rank * power))
        return spread.next()
    }
}
