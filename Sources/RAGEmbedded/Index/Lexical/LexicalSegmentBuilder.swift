// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Builds a segment slot by slot.
package struct LexicalSegmentBuilder {
    private var identifiers: [UInt64: UInt32] = [:]
    /// Per identifier: the term and how many slots hold it.
    private var terms: [UInt64] = []
    private var slotCounts: [Int] = []
    /// All postings in slot order; `slotEnds` says where each slot's end.
    private var entryTerms: [UInt32] = []
    private var entryFrequencies: [UInt8] = []
    private var slotEnds: [Int] = []
    private var lengths: [Int32] = []
    private var sorted: [UInt64] = []

    package init() {}

    /// How many slots were added.
    package var slotCount: Int { lengths.count }

    /// Adds the next slot with its tokens, duplicates included. More than 255 occurrences of one term count as 255.
    package mutating func append(_ tokens: some Sequence<UInt64>) {
        sorted.removeAll(keepingCapacity: true)
        sorted.append(contentsOf: tokens)
        sorted.sort()
        lengths.append(Int32(clamping: sorted.count))
        var start = 0
        while start < sorted.count {
            let term = sorted[start]
            var end = start + 1
            while end < sorted.count, sorted[end] == term { end += 1 }
            let identifier = identifier(of: term)
            slotCounts[Int(identifier)] += 1
            entryTerms.append(identifier)
            entryFrequencies.append(UInt8(clamping: end - start))
            start = end
        }
        slotEnds.append(entryTerms.count)
    }

    /// The segment of all slots added.
    package consuming func finish() -> LexicalSegment {
        let assembled = assemble()
        return LexicalSegment(adopting: assembled.memory, columns: assembled.columns)
    }

    func assemble() -> (memory: UnsafeMutableRawBufferPointer, columns: LexicalColumns) {
        var next = [Int](repeating: 0, count: terms.count)
        var total = 0
        let order = terms.indices.sorted { terms[$0] < terms[$1] }
        for identifier in order {
            next[identifier] = total
            total += slotCounts[identifier]
        }
        var slots = [UInt32](repeating: 0, count: total)
        var frequencies = [UInt8](repeating: 0, count: total)
        var entry = 0
        for (slot, end) in slotEnds.enumerated() {
            while entry < end {
                let identifier = Int(entryTerms[entry])
                slots[next[identifier]] = UInt32(slot)
                frequencies[next[identifier]] = entryFrequencies[entry]
                next[identifier] += 1
                entry += 1
            }
        }
        var assembler = LexicalAssembler(lengths: lengths, expectedTerms: terms.count, expectedPostings: total)
        for identifier in order {
            let range = next[identifier] - slotCounts[identifier]..<next[identifier]
            assembler.append(term: terms[identifier], slots: slots[range], frequencies: frequencies[range])
        }
        return assembler.assemble()
    }

    private mutating func identifier(of term: UInt64) -> UInt32 {
        if let known = identifiers[term] { return known }
        let new = UInt32(terms.count)
        identifiers[term] = new
        terms.append(term)
        slotCounts.append(0)
        return new
    }
}

extension LexicalSegment {
    /// A segment of the live slots of all parts, in order, made from their postings. Linear in the parts' sizes.
    package static func merged(_ parts: [(segment: LexicalSegment, live: Bitmap)]) -> LexicalSegment {
        var lengths: [Int32] = []
        var places: [[UInt32]] = []
        var expectedPostings = 0
        for (segment, live) in parts {
            precondition(live.count == segment.slotCount, "the bitmap belongs to another segment")
            var place = [UInt32](repeating: .max, count: segment.slotCount)
            for slot in live {
                place[slot] = UInt32(lengths.count)
                lengths.append(segment.columns.lengths[slot])
            }
            places.append(place)
            expectedPostings += segment.columns.layout.postingCount
        }
        let expectedTerms = parts.map(\.segment.termCount).max() ?? 0
        var assembler = LexicalAssembler(lengths: lengths, expectedTerms: expectedTerms, expectedPostings: expectedPostings)
        var positions = [Int](repeating: 0, count: parts.count)
        var slots: [UInt32] = []
        var frequencies: [UInt8] = []
        while let term = leastTerm(parts, positions) {
            slots.removeAll(keepingCapacity: true)
            frequencies.removeAll(keepingCapacity: true)
            for (part, (segment, _)) in parts.enumerated() {
                let position = positions[part]
                guard position < segment.termCount, segment.columns.terms[position] == term else { continue }
                positions[part] += 1
                segment.forEachPosting(ofTermAt: position) { slot, frequency in
                    guard places[part][slot] != .max else { return }
                    slots.append(places[part][slot])
                    frequencies.append(frequency)
                }
            }
            if !slots.isEmpty { assembler.append(term: term, slots: slots[...], frequencies: frequencies[...]) }
        }
        let assembled = assembler.assemble()
        return LexicalSegment(adopting: assembled.memory, columns: assembled.columns)
    }

    private static func leastTerm(_ parts: [(segment: LexicalSegment, live: Bitmap)], _ positions: [Int]) -> UInt64? {
        var least: UInt64?
        for (part, (segment, _)) in parts.enumerated() where positions[part] < segment.termCount {
            let term = segment.columns.terms[positions[part]]
            least = least.map { min($0, term) } ?? term
        }
        return least
    }
}
