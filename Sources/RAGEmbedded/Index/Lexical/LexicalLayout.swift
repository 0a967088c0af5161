// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Where a lexical segment's arrays lie in its one block of memory, which is also its encoded form.
///
/// Little-endian; every array begins at a multiple of 64 bytes. A term's postings are *sparse* (ascending slots and a frequency
/// each, with maxima per block of `blockSize` postings where there are more than one block) or, where a fifth of the slots or
/// more hold the term, *dense* (one frequency per slot, 0 for absent, with maxima per stripe of `stripeSize` slots).
struct LexicalLayout {
    /// Postings per block.
    static let blockSize = 128
    /// Slots per stripe of a dense term.
    static let stripeSize = 1024
    /// The first eight bytes: a name and the version of the layout.
    static let magic: UInt64 = 0x0158_454C_4447_5247
    static let headerSize = 64

    let slotCount: Int
    let termCount: Int
    let postingCount: Int
    let blockCount: Int
    let denseCount: Int

    /// Byte offsets of the arrays, in order.
    private(set) var lengths = 0
    private(set) var terms = 0
    private(set) var starts = 0
    private(set) var blockStarts = 0
    private(set) var slots = 0
    private(set) var frequencies = 0
    private(set) var blockLast = 0
    private(set) var blockFrequency = 0
    private(set) var blockLength = 0
    private(set) var denseTerms = 0
    private(set) var densePopulations = 0
    private(set) var denseFrequencies = 0
    private(set) var stripeFrequency = 0
    private(set) var stripeLength = 0
    /// The whole block's size.
    private(set) var size = 0

    var stripeCount: Int { (slotCount + Self.stripeSize - 1) / Self.stripeSize }

    /// How many blocks `count` sparse postings have; a single block has no maxima of its own.
    static func blocks(postings count: Int) -> Int { count <= blockSize ? 0 : (count + blockSize - 1) / blockSize }

    /// Lays the arrays out; nil if the counts are negative or too large for 32-bit offsets.
    init?(slotCount: Int, termCount: Int, postingCount: Int, blockCount: Int, denseCount: Int) {
        self.slotCount = slotCount
        self.termCount = termCount
        self.postingCount = postingCount
        self.blockCount = blockCount
        self.denseCount = denseCount
        let limit = Int(Int32.max)
        guard (0...limit).contains(slotCount), (0...limit).contains(termCount), (0...Int(UInt32.max)).contains(postingCount),
            (0...limit).contains(blockCount), (0...termCount).contains(denseCount),
            slotCount.multipliedReportingOverflow(by: denseCount).partialValue <= Int.max >> 8,
            !slotCount.multipliedReportingOverflow(by: denseCount).overflow
        else { return nil }
        var end = Self.headerSize
        func place(_ count: Int, _ stride: Int) -> Int {
            let start = end
            end = (start + count * stride + 63) & ~63
            return start
        }
        lengths = place(slotCount, 4)
        terms = place(termCount, 8)
        starts = place(termCount + 1, 4)
        blockStarts = place(termCount + 1, 4)
        slots = place(postingCount, 4)
        frequencies = place(postingCount, 1)
        blockLast = place(blockCount, 4)
        blockFrequency = place(blockCount, 1)
        blockLength = place(blockCount, 4)
        denseTerms = place(denseCount, 4)
        densePopulations = place(denseCount, 4)
        denseFrequencies = place(slotCount * denseCount, 1)
        stripeFrequency = place(stripeCount * denseCount, 1)
        stripeLength = place(stripeCount * denseCount, 4)
        size = end
    }
}

/// Typed views of a segment's arrays; valid as long as the segment lives.
struct LexicalColumns {
    let layout: LexicalLayout
    let lengths: UnsafeMutablePointer<Int32>
    let terms: UnsafeMutablePointer<UInt64>
    let starts: UnsafeMutablePointer<UInt32>
    let blockStarts: UnsafeMutablePointer<UInt32>
    let slots: UnsafeMutablePointer<UInt32>
    let frequencies: UnsafeMutablePointer<UInt8>
    let blockLast: UnsafeMutablePointer<UInt32>
    let blockFrequency: UnsafeMutablePointer<UInt8>
    let blockLength: UnsafeMutablePointer<Int32>
    let denseTerms: UnsafeMutablePointer<UInt32>
    let densePopulations: UnsafeMutablePointer<UInt32>
    let denseFrequencies: UnsafeMutablePointer<UInt8>
    let stripeFrequency: UnsafeMutablePointer<UInt8>
    let stripeLength: UnsafeMutablePointer<Int32>

    /// Views of `layout.size` bytes at `base`.
    init(layout: LexicalLayout, base: UnsafeMutableRawPointer) {
        self.layout = layout
        func view<Element>(_ offset: Int, _ count: Int) -> UnsafeMutablePointer<Element> {
            (base + offset).bindMemory(to: Element.self, capacity: count)
        }
        lengths = view(layout.lengths, layout.slotCount)
        terms = view(layout.terms, layout.termCount)
        starts = view(layout.starts, layout.termCount + 1)
        blockStarts = view(layout.blockStarts, layout.termCount + 1)
        slots = view(layout.slots, layout.postingCount)
        frequencies = view(layout.frequencies, layout.postingCount)
        blockLast = view(layout.blockLast, layout.blockCount)
        blockFrequency = view(layout.blockFrequency, layout.blockCount)
        blockLength = view(layout.blockLength, layout.blockCount)
        denseTerms = view(layout.denseTerms, layout.denseCount)
        densePopulations = view(layout.densePopulations, layout.denseCount)
        denseFrequencies = view(layout.denseFrequencies, layout.slotCount * layout.denseCount)
        stripeFrequency = view(layout.stripeFrequency, layout.stripeCount * layout.denseCount)
        stripeLength = view(layout.stripeLength, layout.stripeCount * layout.denseCount)
    }

    /// The term's place in the table. Hashes are spread evenly, so the search begins where the term should be.
    func termIndex(of term: UInt64) -> Int? {
        let count = layout.termCount
        guard count > 0 else { return nil }
        let guess = Int(term.multipliedFullWidth(by: UInt64(count)).high)
        var step = 64
        var low = guess
        var high = guess
        if terms[guess] < term {
            while high < count, terms[high] < term {
                low = high + 1
                high += step
                step *= 2
            }
            high = min(high, count)
        } else {
            while low > 0, terms[low - 1] >= term {
                high = low - 1
                low = max(low - step, 0)
                step *= 2
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if terms[middle] < term { low = middle + 1 } else { high = middle }
        }
        return low < count && terms[low] == term ? low : nil
    }

    /// Which of the dense terms the term at `index` is, or nil if it is sparse.
    func denseIndex(ofTermAt index: Int) -> Int? {
        guard starts[index] == starts[index + 1] else { return nil }
        var low = 0
        var high = layout.denseCount
        while low < high {
            let middle = (low + high) / 2
            if Int(denseTerms[middle]) < index { low = middle + 1 } else { high = middle }
        }
        return low < layout.denseCount && Int(denseTerms[low]) == index ? low : nil
    }

    /// The first posting in `range` whose slot is `slot` or later.
    @inline(__always)
    func posting(atOrAfter slot: UInt32, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var length = range.upperBound &- low
        while length > 0 {
            let half = length &>> 1
            let before = slots[low &+ half] < slot
            low = before ? low &+ half &+ 1 : low
            length = before ? length &- half &- 1 : half
        }
        return low
    }
}
