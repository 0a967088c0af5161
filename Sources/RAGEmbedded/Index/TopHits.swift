// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The best `limit` hits of a search, gathered over any number of segments.
///
/// Higher scores go first; equal scores go by lower segment, then lower slot, so the result does not depend on the order of
/// the insertions.
package struct TopHits: Sendable {
    /// A slot of a segment and its score.
    package struct Entry: Sendable, Hashable {
        package var score: Float
        package var segment: Int
        package var slot: Int

        package init(score: Float, segment: Int, slot: Int) {
            self.score = score
            self.segment = segment
            self.slot = slot
        }

        /// Whether this goes before `other` in the result.
        package func precedes(_ other: Entry) -> Bool {
            if score != other.score { return score > other.score }
            if segment != other.segment { return segment < other.segment }
            return slot < other.slot
        }
    }

    /// Most hits kept.
    package let limit: Int
    /// The score below which nothing enters; negative infinity until `limit` hits are kept. An equal score may still enter.
    package private(set) var threshold: Float
    /// A binary heap with the worst entry at the root.
    private var heap: [Entry] = []

    package init(limit: Int) {
        precondition(limit >= 0, "the number of hits is not negative")
        self.limit = limit
        threshold = limit == 0 ? .infinity : -.infinity
        heap.reserveCapacity(min(limit, 1024))
    }

    /// How many hits are kept now.
    package var count: Int { heap.count }

    /// Keeps the hit if it is among the best so far. A score that is not a number never is.
    package mutating func insert(score: Float, segment: Int, slot: Int) {
        guard score >= threshold, limit > 0 else { return }
        let entry = Entry(score: score, segment: segment, slot: slot)
        if heap.count < limit {
            heap.append(entry)
            siftUp(heap.count - 1)
            if heap.count == limit { threshold = heap[0].score }
        } else if entry.precedes(heap[0]) {
            heap[0] = entry
            siftDown()
            threshold = heap[0].score
        }
    }

    /// The hits, best first.
    package func sorted() -> [Entry] { heap.sorted { $0.precedes($1) } }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[parent].precedes(heap[index]) else { return }
            heap.swapAt(parent, index)
            index = parent
        }
    }

    private mutating func siftDown() {
        var index = 0
        while true {
            var worst = index
            let child = 2 * index + 1
            if child < heap.count, heap[worst].precedes(heap[child]) { worst = child }
            if child + 1 < heap.count, heap[worst].precedes(heap[child + 1]) { worst = child + 1 }
            guard worst != index else { return }
            heap.swapAt(worst, index)
            index = worst
        }
    }
}
