// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// MaxScore over windows of slots.
///
/// Within a window every term has a bound. The heaviest terms are *essential*: a slot that holds none of them cannot reach the
/// threshold, because the bounds of the others do not add up to it. Essential terms are summed over the whole window, which is
/// a plain loop over their postings; the slots that could still reach the threshold become candidates, and only these meet the
/// remaining terms, one by one, leaving as soon as the rest of the bounds cannot lift them. As terms are added in the query's
/// order throughout, a candidate that is left at the end has its exact score.
struct LexicalWindow {
    /// Slots of a full window.
    static let size = 2048
    /// Slots of the first window, a multiple of 64; each next one is twice as long, so that the threshold is set early.
    private static let firstSize = 256

    let columns: LexicalColumns
    let query: LexicalQuery
    let live: UnsafePointer<UInt64>
    let cursors: UnsafeMutableBufferPointer<LexicalCursor>
    /// The window's scores so far; all 0 between windows.
    let sums: UnsafeMutablePointer<Float>
    /// `rests[i]` bounds what the terms from `i` on can add.
    let rests: UnsafeMutablePointer<Float>
    let candidates: UnsafeMutablePointer<UInt32>
    /// Whether it pays to look at how many slots of a window are live.
    let isSparselyLive: Bool
    /// What rounding may do to a sum of this many terms.
    private var slack: Float { Float(cursors.count + 8) * .ulpOfOne }

    func run(into hits: inout TopHits, segment: Int) {
        var start = 0
        var length = Self.firstSize
        let slotCount = columns.layout.slotCount
        while start < slotCount {
            let window = start..<min(start + length, slotCount)
            search(window, into: &hits, segment: segment)
            start = window.upperBound
            length = min(length * 2, Self.size)
        }
    }

    private func search(_ window: Range<Int>, into hits: inout TopHits, segment: Int) {
        let liveCount = isSparselyLive ? countLive(window) : window.count
        guard liveCount > 0 else { return }
        rests[cursors.count] = 0
        for index in cursors.indices { cursors[index].enter(window, columns, query) }
        for index in cursors.indices.reversed() { rests[index] = rests[index + 1] + cursors[index].bound }
        let threshold = hits.threshold
        guard cutoff(threshold, rests[0]) <= 0 else { return }
        var essential = cursors.count
        while essential > 0, cutoff(threshold, rests[essential - 1]) > 0 { essential -= 1 }
        let base = window.lowerBound
        var count = 0
        let work = cursors[..<essential].reduce(0) { $0 + $1.work(window) }
        if isSparselyLive, liveCount * essential * 4 < work {
            essential = 0
            count = collectLive(window)
        } else {
            for index in 0..<essential { add(cursors[index], window) }
            count = collect(window, cutoff: max(cutoff(threshold, rests[essential]), .leastNonzeroMagnitude))
        }
        for index in essential..<cursors.count where count > 0 && cursors[index].bound > 0 {
            add(cursors[index], window, candidates: count)
            count = retain(count, cutoff: cutoff(threshold, rests[index + 1]))
        }
        for index in 0..<count {
            let slot = Int(candidates[index])
            let score = sums[slot]
            if score > 0, score >= hits.threshold { hits.insert(score: score, segment: segment, slot: base + slot) }
        }
        sums.update(repeating: 0, count: window.count)
    }

    /// The least sum from which terms bounded by `rest` could still reach the threshold, rounding taken into account.
    @inline(__always)
    private func cutoff(_ threshold: Float, _ rest: Float) -> Float { threshold * (1 - slack) - rest * (1 + slack) }

    /// Adds the shares of all the window's slots.
    @inline(__always)
    private func add(_ cursor: LexicalCursor, _ window: Range<Int>) {
        let base = window.lowerBound
        if let dense = cursor.dense {
            let frequencies = dense + base
            let lengths = UnsafePointer(columns.lengths + base)
            let (weight, query) = (cursor.weight, query)
            for slot in 0..<window.count {
                sums[slot] += query.share(weight: weight, frequency: frequencies[slot], length: lengths[slot])
            }
        } else {
            for posting in cursor.range {
                let slot = Int(columns.slots[posting])
                let frequency = columns.frequencies[posting]
                sums[slot &- base] += query.share(weight: cursor.weight, frequency: frequency, length: columns.lengths[slot])
            }
        }
    }

    /// Adds the shares of the candidates, and of other slots where that is cheaper than leaving them out.
    private func add(_ cursor: LexicalCursor, _ window: Range<Int>, candidates count: Int) {
        let base = window.lowerBound
        if let dense = cursor.dense {
            guard count < window.count / 4 else { return add(cursor, window) }
            for index in 0..<count {
                let slot = Int(candidates[index])
                let (frequency, length) = (dense[base &+ slot], columns.lengths[base &+ slot])
                sums[slot] += query.share(weight: cursor.weight, frequency: frequency, length: length)
            }
        } else {
            guard count * 6 < cursor.range.count else { return add(cursor, window) }
            var posting = cursor.range.lowerBound
            let end = cursor.range.upperBound
            for index in 0..<count {
                let slot = Int(candidates[index])
                let target = UInt32(truncatingIfNeeded: base &+ slot)
                posting = gallop(from: posting, to: end, target)
                guard posting < end else { return }
                guard columns.slots[posting] == target else { continue }
                let (frequency, length) = (columns.frequencies[posting], columns.lengths[base &+ slot])
                sums[slot] += query.share(weight: cursor.weight, frequency: frequency, length: length)
            }
        }
    }

    /// The first posting from `start` on at `target` or later.
    @inline(__always)
    private func gallop(from start: Int, to end: Int, _ target: UInt32) -> Int {
        var low = start
        var step = 4
        while low &+ step < end, columns.slots[low &+ step] < target {
            low &+= step
            step &*= 2
        }
        return columns.posting(atOrAfter: target, in: low..<min(low &+ step &+ 1, end))
    }

    /// Makes candidates of the live slots whose sum reaches `cutoff`, more than 0, and says how many there are.
    ///
    /// Numbers that are not negative compare as their bits do. Sixteen sums are looked at together: the sign of the difference
    /// says which pass, and mostly none does. Sums past the window's end are 0; windows begin at multiples of 64.
    private func collect(_ window: Range<Int>, cutoff: Float) -> Int {
        let lanes = 16
        let limit = Int32(bitPattern: cutoff.bitPattern) &- 1
        let limits = SIMD16<Int32>(repeating: limit)
        let bits = UnsafeRawPointer(sums)
        var count = 0
        for start in stride(from: 0, to: window.count, by: lanes) {
            let differences = limits &- bits.loadUnaligned(fromByteOffset: start &* 4, as: SIMD16<Int32>.self)
            let halves = differences.lowHalf | differences.highHalf
            let quarters = unsafeBitCast(halves.lowHalf | halves.highHalf, to: SIMD2<UInt64>.self)
            guard (quarters.x | quarters.y) & 0x8000_0000_8000_0000 != 0 else { continue }
            let first = window.lowerBound &+ start
            let living = Int(truncatingIfNeeded: live[first &>> 6] &>> UInt64(first & 63))
            for lane in 0..<lanes {
                candidates[count] = UInt32(truncatingIfNeeded: start &+ lane)
                let passes = Int(truncatingIfNeeded: UInt32(bitPattern: differences[lane]) &>> 31)
                count &+= passes & (living &>> lane)
            }
        }
        return count
    }

    /// Makes candidates of all live slots.
    private func collectLive(_ window: Range<Int>) -> Int {
        var count = 0
        for slot in 0..<window.count where isLive(window.lowerBound &+ slot) {
            candidates[count] = UInt32(truncatingIfNeeded: slot)
            count &+= 1
        }
        return count
    }

    /// Drops the candidates whose sum is below `cutoff`, and says how many are left.
    private func retain(_ count: Int, cutoff: Float) -> Int {
        guard cutoff > 0 else { return count }
        var kept = 0
        for index in 0..<count {
            let slot = candidates[index]
            candidates[kept] = slot
            kept &+= sums[Int(slot)] >= cutoff ? 1 : 0
        }
        return kept
    }

    private func countLive(_ window: Range<Int>) -> Int {
        var count = 0
        for slot in stride(from: window.lowerBound & ~63, to: window.upperBound, by: 64) {
            count &+= live[slot &>> 6].nonzeroBitCount
        }
        return count
    }

    @inline(__always)
    private func isLive(_ slot: Int) -> Bool { live[slot &>> 6] &>> UInt64(slot & 63) & 1 == 1 }
}
