// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Puts a segment together from terms in ascending order with their postings.
struct LexicalAssembler {
    private let lengths: [Int32]
    private var terms: [UInt64] = []
    private var starts: [UInt32] = [0]
    private var blockStarts: [UInt32] = [0]
    private var slots: [UInt32] = []
    private var frequencies: [UInt8] = []
    private var blockLast: [UInt32] = []
    private var blockFrequency: [UInt8] = []
    private var blockLength: [Int32] = []
    private var denseTerms: [UInt32] = []
    private var densePopulations: [UInt32] = []
    private var denseFrequencies: [UInt8] = []
    private var stripeFrequency: [UInt8] = []
    private var stripeLength: [Int32] = []

    /// Begins a segment whose slots have these token counts.
    init(lengths: [Int32], expectedTerms: Int, expectedPostings: Int) {
        self.lengths = lengths
        terms.reserveCapacity(expectedTerms)
        starts.reserveCapacity(expectedTerms + 1)
        blockStarts.reserveCapacity(expectedTerms + 1)
        slots.reserveCapacity(expectedPostings)
        frequencies.reserveCapacity(expectedPostings)
    }

    /// Adds a term that is greater than all before it, with at least one posting, slots ascending.
    mutating func append(term: UInt64, slots newSlots: ArraySlice<UInt32>, frequencies newFrequencies: ArraySlice<UInt8>) {
        terms.append(term)
        // A dense posting takes one byte per slot, a sparse one five bytes: this is where they break even.
        if lengths.count >= 64, newSlots.count * 5 >= lengths.count {
            appendDense(slots: newSlots, frequencies: newFrequencies)
        } else {
            appendBlocks(slots: newSlots, frequencies: newFrequencies)
            slots.append(contentsOf: newSlots)
            frequencies.append(contentsOf: newFrequencies)
        }
        starts.append(UInt32(slots.count))
        blockStarts.append(UInt32(blockLast.count))
    }

    private mutating func appendBlocks(slots: ArraySlice<UInt32>, frequencies: ArraySlice<UInt8>) {
        guard slots.count > LexicalLayout.blockSize else { return }
        let shift = frequencies.startIndex - slots.startIndex
        var start = slots.startIndex
        while start < slots.endIndex {
            let end = min(start + LexicalLayout.blockSize, slots.endIndex)
            var most: UInt8 = 0
            var shortest = Int32.max
            for index in start..<end {
                most = max(most, frequencies[index + shift])
                shortest = min(shortest, lengths[Int(slots[index])])
            }
            blockLast.append(slots[end - 1])
            blockFrequency.append(most)
            blockLength.append(shortest)
            start = end
        }
    }

    private mutating func appendDense(slots: ArraySlice<UInt32>, frequencies: ArraySlice<UInt8>) {
        let stripes = (lengths.count + LexicalLayout.stripeSize - 1) / LexicalLayout.stripeSize
        let base = denseFrequencies.count
        let firstStripe = stripeFrequency.count
        denseTerms.append(UInt32(terms.count - 1))
        densePopulations.append(UInt32(slots.count))
        denseFrequencies.append(contentsOf: repeatElement(0, count: lengths.count))
        stripeFrequency.append(contentsOf: repeatElement(0, count: stripes))
        stripeLength.append(contentsOf: repeatElement(.max, count: stripes))
        for (slot, frequency) in zip(slots, frequencies) {
            let stripe = firstStripe + Int(slot) / LexicalLayout.stripeSize
            denseFrequencies[base + Int(slot)] = frequency
            stripeFrequency[stripe] = max(stripeFrequency[stripe], frequency)
            stripeLength[stripe] = min(stripeLength[stripe], lengths[Int(slot)])
        }
    }

    /// The finished memory and the views of it; the caller adopts the memory.
    func assemble() -> (memory: UnsafeMutableRawBufferPointer, columns: LexicalColumns) {
        let layout = LexicalLayout(
            slotCount: lengths.count,
            termCount: terms.count,
            postingCount: slots.count,
            blockCount: blockLast.count,
            denseCount: denseTerms.count
        )
        guard let layout else { preconditionFailure("a lexical segment holds fewer than two thousand million slots") }
        let base = UnsafeMutableRawPointer.allocate(byteCount: layout.size, alignment: 64)
        let memory = UnsafeMutableRawBufferPointer(start: base, count: layout.size)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        let header =
            [LexicalLayout.magic]
            + [layout.slotCount, layout.termCount, layout.postingCount, layout.blockCount, layout.denseCount].map(UInt64.init)
        func copy<Element: BitwiseCopyable>(_ array: [Element], to offset: Int) {
            array.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyMemory(from: $0) }
        }
        copy(header, to: 0)
        copy(lengths, to: layout.lengths)
        copy(terms, to: layout.terms)
        copy(starts, to: layout.starts)
        copy(blockStarts, to: layout.blockStarts)
        copy(slots, to: layout.slots)
        copy(frequencies, to: layout.frequencies)
        copy(blockLast, to: layout.blockLast)
        copy(blockFrequency, to: layout.blockFrequency)
        copy(blockLength, to: layout.blockLength)
        copy(denseTerms, to: layout.denseTerms)
        copy(densePopulations, to: layout.densePopulations)
        copy(denseFrequencies, to: layout.denseFrequencies)
        copy(stripeFrequency, to: layout.stripeFrequency)
        copy(stripeLength, to: layout.stripeLength)
        return (memory, LexicalColumns(layout: layout, base: base))
    }
}
