// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// What a tenant's chunks are found by: an immutable value. Changes make a new value, so a search never sees half of one.
///
/// It is a list of segments, each with the slots of it that are live. Values share what they have in common.
package struct TenantIndex: Sendable {
    /// A segment and what was deleted from it.
    struct Part: Sendable {
        let segment: Segment
        private(set) var live: Bitmap
        /// How many slots are live.
        private(set) var liveCount: Int
        /// The token counts of the live slots, summed.
        private(set) var liveLength: Int
        /// For each term, how many of the deleted slots hold it.
        private(set) var deletedFrequencies: [UInt64: Int32]

        /// A segment without deletions.
        init(_ segment: Segment) {
            self.segment = segment
            live = Bitmap(count: segment.count, filled: true)
            liveCount = segment.count
            liveLength = segment.lexical.totalLength
            deletedFrequencies = [:]
        }

        /// A segment and its deletions.
        init(_ segment: Segment, live: Bitmap, deletedFrequencies: [UInt64: Int32]) {
            self.segment = segment
            self.live = live
            liveCount = live.population
            liveLength = liveCount == segment.count ? segment.lexical.totalLength : segment.lexical.totalLength(of: live)
            self.deletedFrequencies = deletedFrequencies
        }

        /// Deletes a live slot that holds `terms`.
        mutating func delete(_ slot: Int, terms: some Sequence<UInt64>) {
            live[slot] = false
            liveCount -= 1
            liveLength -= segment.lexical.length(of: slot)
            for term in Set(terms) { deletedFrequencies[term, default: 0] += 1 }
        }

        /// The live slot of `key`, or nil.
        func slot(of key: Int64) -> Int? { segment.keys.slot(of: key).flatMap { live[$0] ? $0 : nil } }

        var deletedCount: Int { segment.count - liveCount }
    }

    /// Floats per vector.
    package let dimension: Int
    /// A note of the owner's that is saved and loaded with the index, such as how far it follows the truth.
    package var stamp = ""
    /// None is without live slots.
    var parts: [Part]

    /// An index without chunks.
    package init(dimension: Int) {
        precondition(dimension > 0, "a vector has at least one float")
        self.dimension = dimension
        parts = []
    }

    /// How many chunks there are.
    package var liveCount: Int { parts.reduce(0) { $0 + $1.liveCount } }

    /// How many deleted chunks still take up room.
    package var deletedCount: Int { parts.reduce(0) { $0 + $1.deletedCount } }

    /// The keys of all chunks, ascending.
    package var keys: [Int64] {
        parts.flatMap { part in part.live.map { part.segment.keys.values[$0] } }.sorted()
    }

    package func contains(key: Int64) -> Bool { parts.contains { $0.slot(of: key) != nil } }

    /// The chunk with this key, or nil.
    package func reference(of key: Int64) -> ChunkReference? {
        for part in parts {
            if let slot = part.slot(of: key) { return part.segment.references[slot] }
        }
        return nil
    }

    /// The vector of the chunk with this key, or nil.
    package func vector(of key: Int64) -> [Float]? {
        for part in parts {
            if let slot = part.slot(of: key) { return part.segment.vectors.vector(slot) }
        }
        return nil
    }

    /// This index with some chunks less and some more, which are searchable at once; cheap where both are few.
    ///
    /// Keys to remove that are not there are passed over.
    /// - Parameters:
    ///   - added: Chunks whose keys are distinct and, after the removal, not in the index.
    ///   - removed: Keys and the terms that the chunks were added with.
    package func applying(adding added: [IndexedChunk], removing removed: [(key: Int64, terms: [UInt64])]) -> TenantIndex {
        var result = self
        for (key, terms) in removed {
            guard let (index, slot) = result.locate(key) else { continue }
            result.parts[index].delete(slot, terms: terms)
        }
        if !removed.isEmpty { result.parts.removeAll { $0.liveCount == 0 } }
        if !added.isEmpty {
            assert(!added.contains { result.contains(key: $0.key) }, "a key is added once")
            result.parts.append(Part(Segment.build(added, dimension: dimension)))
        }
        return result
    }

    private func locate(_ key: Int64) -> (part: Int, slot: Int)? {
        for index in parts.indices {
            if let slot = parts[index].slot(of: key) { return (index, slot) }
        }
        return nil
    }
}
