// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGPipeline

/// Tries every way of fusing on questions whose candidates are known.
struct FusionSearch: Sendable {
    struct Entry: Sendable {
        let fusion: Fusion
        /// Mean nDCG@10 over the questions.
        let nDCG: Double
    }

    /// What is tried: absolute and min-max scores by weights 0, 0.05 … 1, and reciprocal ranks by weights 0.1 … 0.9.
    static let grid: [Fusion] =
        (0...20).map { Fusion(method: .absolute, denseWeight: Float($0) / 20) }
        + (0...20).map { Fusion(method: .minMax, denseWeight: Float($0) / 20) }
        + (1...9).map { Fusion(method: .reciprocalRank(k: 60), denseWeight: Float($0) / 10) }

    let entries: [Entry]

    /// - Parameter knowsCeilings: Whether what the lexical scores are a share of is known; without it absolute scores are not tried.
    init(_ questions: [CandidateScores], knowsCeilings: Bool = true) {
        let count = max(1, Double(questions.count))
        entries = Self.grid.filter { knowsCeilings || $0.method != .absolute }.map { fusion in
            Entry(fusion: fusion, nDCG: questions.reduce(0) { $0 + $1.nDCG(fusion) } / count)
        }
    }

    /// The best entry. A weight is judged together with its neighbours of the same method, because a lone peak is mostly chance; between
    /// equals the more even weight wins.
    var best: Entry {
        entries.indices.map { (entry: entries[$0], score: smoothed($0)) }
            .reduce((entry: entries[0], score: -1)) { best, next in
                if abs(next.score - best.score) > 1e-9 { return next.score > best.score ? next : best }
                return abs(next.entry.fusion.denseWeight - 0.5) < abs(best.entry.fusion.denseWeight - 0.5) ? next : best
            }.entry
    }

    /// The mean of an entry, twice, and of its neighbours, once.
    private func smoothed(_ place: Int) -> Double {
        let method = entries[place].fusion.method
        let neighbours = [place - 1, place + 1].filter { entries.indices.contains($0) && entries[$0].fusion.method == method }
        return (2 * entries[place].nDCG + neighbours.reduce(0) { $0 + entries[$1].nDCG }) / Double(2 + neighbours.count)
    }
}

extension Fusion {
    /// The setting's word: `absolute`, `minmax` or `rrf`.
    var word: String {
        switch method {
        case .absolute: "absolute"
        case .minMax: "minmax"
        case .reciprocalRank: "rrf"
        }
    }

    /// As people read it, such as `minmax, dense weight 0.55`.
    var title: String { "\(word), dense weight \(weightText)" }

    /// The weight in as few digits as the grid has.
    var weightText: String {
        let hundredths = Int((denseWeight * 100).rounded())
        return hundredths % 10 == 0 ? "\(Double(hundredths / 10) / 10)" : "\(Double(hundredths) / 100)"
    }
}
