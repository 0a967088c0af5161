// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension LexicalSegment {
    /// The score of one slot; 0 if it holds no term of the query.
    package func score(slot: Int, _ query: LexicalQuery) -> Float { scores(of: CollectionOfOne(slot), query)[0] }

    /// The scores of some slots, in their order: the same numbers as `search` finds. The terms are looked up once for all.
    package func scores(of slots: some Collection<Int>, _ query: LexicalQuery) -> [Float] {
        var scores = [Float](repeating: 0, count: slots.count)
        withExtendedLifetime(self) {
            for term in query.terms {
                guard let index = columns.termIndex(of: term.hash) else { continue }
                let dense = columns.denseIndex(ofTermAt: index)
                let range = Int(columns.starts[index])..<Int(columns.starts[index + 1])
                for (position, slot) in slots.enumerated() {
                    precondition(slot >= 0 && slot < slotCount, "the slot lies outside the segment")
                    var frequency: UInt8 = 0
                    if let dense {
                        frequency = columns.denseFrequencies[dense * slotCount + slot]
                    } else {
                        let posting = columns.posting(atOrAfter: UInt32(slot), in: range)
                        if posting < range.upperBound, columns.slots[posting] == UInt32(slot) {
                            frequency = columns.frequencies[posting]
                        }
                    }
                    guard frequency > 0 else { continue }
                    scores[position] += query.share(weight: term.weight, frequency: frequency, length: columns.lengths[slot])
                }
            }
        }
        return scores
    }

    /// How much of the query one slot holds: the idf of its distinct terms over that of all the query's, 0 to 1.
    package func coverage(of query: LexicalQuery, slot: Int) -> Float {
        guard query.totalRarity > 0 else { return 0 }
        var held: Float = 0
        for term in query.terms where frequency(of: term.hash, slot: slot) > 0 { held += term.rarity }
        return min(held / query.totalRarity, 1)
    }

    private func frequency(of term: UInt64, slot: Int) -> UInt8 {
        precondition(slot >= 0 && slot < slotCount, "the slot lies outside the segment")
        return withExtendedLifetime(self) {
            guard let index = columns.termIndex(of: term) else { return 0 }
            if let dense = columns.denseIndex(ofTermAt: index) { return columns.denseFrequencies[dense * slotCount + slot] }
            let range = Int(columns.starts[index])..<Int(columns.starts[index + 1])
            let posting = columns.posting(atOrAfter: UInt32(slot), in: range)
            return posting < range.upperBound && columns.slots[posting] == UInt32(slot) ? columns.frequencies[posting] : 0
        }
    }

    /// Every slot's score without any pruning, 0 for slots that are not live: what `search` is checked against.
    package func exhaustiveScores(_ query: LexicalQuery, live: Bitmap) -> [Float] {
        precondition(live.count == slotCount, "the bitmap belongs to another segment")
        var scores = [Float](repeating: 0, count: slotCount)
        for term in query.terms {
            guard let index = columns.termIndex(of: term.hash) else { continue }
            forEachPosting(ofTermAt: index) { slot, frequency in
                guard live[slot] else { return }
                scores[slot] += query.share(weight: term.weight, frequency: frequency, length: columns.lengths[slot])
            }
        }
        return scores
    }
}
