// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What the searches of one question found, in one order.
struct Candidates {
    /// What the question itself found.
    var response: SearchResponse
    var ranked: [Fusion.Ranked]
    /// The best score that another wording gave, by chunk.
    var expanded: [ChunkReference: Float] = [:]
    /// The words that feedback added.
    var words: [String] = []

    /// Takes in what other wordings found: each chunk keeps the best of its own score and theirs times `weight`.
    mutating func merge(_ others: [[Fusion.Ranked]], weight: Float) {
        merge(others) { own, other in max(own, weight * other) }
    }

    /// Takes in what the question with more words found: the two scores by weight.
    mutating func blend(_ other: [Fusion.Ranked], weight: Float) {
        merge([other]) { own, other in (1 - weight) * own + weight * other }
    }

    private mutating func merge(_ others: [[Fusion.Ranked]], _ combine: (Float, Float) -> Float) {
        for entry in others.joined() { expanded[entry.hit.chunk] = max(expanded[entry.hit.chunk] ?? 0, entry.score) }
        var merged = ranked.map { Fusion.Ranked(hit: $0.hit, score: combine($0.score, expanded[$0.hit.chunk] ?? 0)) }
        let known = Set(ranked.map(\.hit.chunk))
        // Raw scores for another wording would read as scores for the question.
        merged += expanded.filter { !known.contains($0.key) }.map {
            Fusion.Ranked(hit: Hit(chunk: $0.key), score: combine(0, $0.value))
        }
        ranked = Fusion.sorted(merged)
    }
}
