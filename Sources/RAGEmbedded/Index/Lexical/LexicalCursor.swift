// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// One query term's postings in one segment, and where the search stands in them.
struct LexicalCursor {
    let weight: Float
    /// The frequencies by slot of a dense term.
    let dense: UnsafePointer<UInt8>?
    /// The first stripe of a dense term, the first block of a sparse one with blocks.
    private let firstMaximum: Int
    /// The sparse postings; empty for a dense term.
    private let postings: Range<Int>
    private let hasBlocks: Bool
    private var block: Int
    /// The sparse postings inside the window.
    private(set) var range: Range<Int>
    /// No slot of the window gets more than this from the term.
    private(set) var bound: Float = 0

    /// Postings up to this many are bounded by looking at each instead of at their blocks.
    private static let fewPostings = 24

    init?(_ term: LexicalQuery.Term, in columns: LexicalColumns) {
        guard let index = columns.termIndex(of: term.hash) else { return nil }
        weight = term.weight
        postings = Int(columns.starts[index])..<Int(columns.starts[index + 1])
        range = postings.lowerBound..<postings.lowerBound
        block = Int(columns.blockStarts[index])
        hasBlocks = columns.blockStarts[index] < columns.blockStarts[index + 1]
        if let position = columns.denseIndex(ofTermAt: index) {
            dense = UnsafePointer(columns.denseFrequencies + position * columns.layout.slotCount)
            firstMaximum = position * columns.layout.stripeCount
        } else {
            dense = nil
            firstMaximum = block
        }
    }

    /// How much work it is to add all of the window's shares, in sparse postings.
    func work(_ window: Range<Int>) -> Int { dense == nil ? range.count : window.count / 4 }

    /// Moves on to a window that begins where the last one ended, or later.
    @inline(__always)
    mutating func enter(_ window: Range<Int>, _ columns: LexicalColumns, _ query: LexicalQuery) {
        if dense != nil {
            bound = denseBound(window, columns, query)
        } else {
            enterSparse(window, columns, query)
        }
    }

    private func denseBound(_ window: Range<Int>, _ columns: LexicalColumns, _ query: LexicalQuery) -> Float {
        var most: Float = 0
        for stripe in window.lowerBound / LexicalLayout.stripeSize...(window.upperBound - 1) / LexicalLayout.stripeSize {
            let frequency = columns.stripeFrequency[firstMaximum + stripe]
            let length = columns.stripeLength[firstMaximum + stripe]
            if frequency > 0 { most = max(most, query.share(weight: weight, frequency: frequency, length: length)) }
        }
        return most
    }

    private mutating func enterSparse(_ window: Range<Int>, _ columns: LexicalColumns, _ query: LexicalQuery) {
        let end = UInt32(window.upperBound)
        var lower = range.upperBound
        bound = 0
        guard lower < postings.upperBound else {
            range = lower..<lower
            return
        }
        if columns.slots[lower] < UInt32(window.lowerBound) {
            // Windows were skipped.
            lower = columns.posting(atOrAfter: UInt32(window.lowerBound), in: lower..<postings.upperBound)
            if hasBlocks { block = firstMaximum + (lower - postings.lowerBound) / LexicalLayout.blockSize }
        }
        var upper = lower
        if hasBlocks {
            let firstBlock = block
            let blockEnd = firstMaximum + LexicalLayout.blocks(postings: postings.count)
            while block < blockEnd, columns.blockLast[block] < end { block &+= 1 }
            let start = postings.lowerBound + (block - firstMaximum) * LexicalLayout.blockSize
            let first = min(max(lower, start), postings.upperBound)
            upper = columns.posting(atOrAfter: end, in: first..<max(first, min(start + LexicalLayout.blockSize, postings.upperBound)))
            range = lower..<upper
            if range.count > Self.fewPostings {
                for index in firstBlock..<min(block + 1, blockEnd) {
                    let frequency = columns.blockFrequency[index]
                    bound = max(bound, query.share(weight: weight, frequency: frequency, length: columns.blockLength[index]))
                }
                return
            }
        } else {
            upper = columns.posting(atOrAfter: end, in: lower..<postings.upperBound)
            range = lower..<upper
        }
        for posting in range {
            let length = columns.lengths[Int(columns.slots[posting])]
            bound = max(bound, query.share(weight: weight, frequency: columns.frequencies[posting], length: length))
        }
    }
}
