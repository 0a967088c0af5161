// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGText

/// BM25 alone over 100,000 chunks: a BEIR corpus multiplied with jitter, its own test questions, one thread, exact top 100.
///
/// Usage: `LexicalBenchmark FOLDER`. Every tenth question is also scored exhaustively, and the two results must be equal to the bit.
@main
struct LexicalBenchmark {
    static let chunks = 100_000

    static func main() throws {
        guard CommandLine.arguments.count == 2 else { return print("usage: LexicalBenchmark BEIR-FOLDER") }
        let folder = CommandLine.arguments[1]
        let extractor = TermExtractor()
        let corpus = try rows("\(folder)/corpus.jsonl").compactMap { $0["text"]?.string }.map { extractor.terms(of: $0) }
        let questions = try rows("\(folder)/queries.jsonl").compactMap { $0["text"]?.string }.map { extractor.terms(of: $0) }
        var generator = SplitMix(state: 7)
        let segment = LexicalSegment(termLists: jittered(corpus, &generator))
        let live = Bitmap(count: segment.slotCount, filled: true)
        var pruned: [Double] = []
        var exhaustive: [Double] = []
        var different = 0
        for round in 0..<3 {
            for (number, terms) in questions.prefix(300).enumerated() {
                let start = ContinuousClock.now
                let query = weighed(terms, segment)
                var hits = TopHits(limit: 100)
                segment.search(query, live: live, into: &hits, segment: 0)
                let found = hits.sorted()
                if round > 0 { pruned.append(start.duration(to: .now).milliseconds) }
                guard round == 2, number % 10 == 0 else { continue }
                let again = ContinuousClock.now
                var all = TopHits(limit: 100)
                for (slot, score) in segment.exhaustiveScores(query, live: live).enumerated() where score > 0 {
                    all.insert(score: score, segment: 0, slot: slot)
                }
                if all.sorted() != found { different += 1 }
                exhaustive.append(again.duration(to: .now).milliseconds)
            }
        }
        print("\(segment.slotCount) chunks, \(segment.termCount) terms, \(segment.byteCount >> 20) MiB")
        print("pruned      p50 \(percentile(pruned, 0.5)) ms  p99 \(percentile(pruned, 0.99)) ms  (\(pruned.count) questions)")
        print("exhaustive  p50 \(percentile(exhaustive, 0.5)) ms  (\(exhaustive.count) questions, \(different) differ)")
        if different > 0 { exit(1) }
    }

    private static func weighed(_ terms: [UInt64], _ segment: LexicalSegment) -> LexicalQuery {
        var statistics = LexicalStatistics()
        statistics.add(segment, terms: terms, documents: segment.slotCount, totalLength: segment.totalLength)
        let parameters = BM25Parameters.standard
        return LexicalQuery(terms: terms, statistics: statistics, k1: parameters.k1, b: parameters.b)
    }

    /// Copies of the corpus in which a fifth of the terms is dropped and three tenths are taken from other texts.
    private static func jittered(_ corpus: [[UInt64]], _ generator: inout SplitMix) -> [[UInt64]] {
        var lists: [[UInt64]] = []
        while lists.count < chunks {
            var list: [UInt64] = []
            for term in corpus[lists.count % corpus.count] {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0, 1: continue
                case 2, 3, 4:
                    let other = corpus[Int.random(in: 0..<corpus.count, using: &generator)]
                    if let term = other.randomElement(using: &generator) { list.append(term) }
                default: list.append(term)
                }
            }
            lists.append(list)
        }
        return lists.shuffled(using: &generator)
    }

    private static func rows(_ path: String) throws -> [JSONValue] {
        try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private static func percentile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] * 1_000).rounded() / 1_000
    }
}

/// Vigna's SplitMix64, so that every run sees the same jitter.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
