// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// An immutable inverted index over slots `0..<slotCount`, one per chunk.
///
/// Terms are 64-bit hashes. A segment knows nothing of deletions: whoever searches says which slots are live.
///
/// Safety: the memory is written by `init` only and freed by `deinit`; every access in between reads it.
package final class LexicalSegment: @unchecked Sendable {
    let columns: LexicalColumns
    private let memory: UnsafeMutableRawBufferPointer
    private let lengthSum: Int

    /// Takes over `memory`, which was allocated with 64-byte alignment and holds valid arrays.
    init(adopting memory: UnsafeMutableRawBufferPointer, columns: LexicalColumns) {
        self.memory = memory
        self.columns = columns
        var sum = 0
        for slot in 0..<columns.layout.slotCount { sum &+= Int(columns.lengths[slot]) }
        lengthSum = sum
    }

    deinit { memory.deallocate() }

    /// A segment whose slot `i` holds the tokens of `termLists[i]`, duplicates included.
    package convenience init(termLists: [[UInt64]]) {
        var builder = LexicalSegmentBuilder()
        for terms in termLists { builder.append(terms) }
        let assembled = builder.assemble()
        self.init(adopting: assembled.memory, columns: assembled.columns)
    }

    /// How many slots there are, live or not.
    package var slotCount: Int { columns.layout.slotCount }
    /// How many distinct terms there are.
    package var termCount: Int { columns.layout.termCount }
    /// Bytes of memory the segment takes, the same as encoded.
    package var byteCount: Int { memory.count }
    /// The token counts of all slots, summed.
    package var totalLength: Int { lengthSum }
    /// The segment's bytes, as `encode` writes them.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(memory)) }
    }

    /// How many tokens `slot` has.
    package func length(of slot: Int) -> Int {
        precondition(slot >= 0 && slot < slotCount, "the slot lies outside the segment")
        return Int(columns.lengths[slot])
    }

    /// The token counts of the slots in `live`, summed.
    package func totalLength(of live: Bitmap) -> Int {
        precondition(live.count == slotCount, "the bitmap belongs to another segment")
        return live.reduce(0) { $0 &+ Int(columns.lengths[$1]) }
    }

    /// How many slots hold `term`, deleted ones included.
    package func documentFrequency(of term: UInt64) -> Int {
        withExtendedLifetime(self) {
            guard let index = columns.termIndex(of: term) else { return 0 }
            return documentFrequency(ofTermAt: index)
        }
    }

    /// For each term, how many of `slots` hold it; terms that none holds are left out. Reads every posting once.
    package func documentFrequencies(in slots: Bitmap) -> [UInt64: Int32] {
        precondition(slots.count == slotCount, "the bitmap belongs to another segment")
        guard !slots.isEmpty else { return [:] }
        var result: [UInt64: Int32] = [:]
        for index in 0..<termCount {
            var count: Int32 = 0
            forEachPosting(ofTermAt: index) { slot, _ in if slots[slot] { count += 1 } }
            if count > 0 { result[columns.terms[index]] = count }
        }
        return result
    }

    func documentFrequency(ofTermAt index: Int) -> Int {
        if let dense = columns.denseIndex(ofTermAt: index) { return Int(columns.densePopulations[dense]) }
        return Int(columns.starts[index + 1] - columns.starts[index])
    }

    /// Calls `body` with each slot that holds the term, ascending, and how often it does.
    @inline(__always)
    func forEachPosting(ofTermAt index: Int, _ body: (_ slot: Int, _ frequency: UInt8) -> Void) {
        if let dense = columns.denseIndex(ofTermAt: index) {
            let frequencies = columns.denseFrequencies + dense * slotCount
            for slot in 0..<slotCount where frequencies[slot] > 0 { body(slot, frequencies[slot]) }
        } else {
            for posting in Int(columns.starts[index])..<Int(columns.starts[index + 1]) {
                body(Int(columns.slots[posting]), columns.frequencies[posting])
            }
        }
    }
}
