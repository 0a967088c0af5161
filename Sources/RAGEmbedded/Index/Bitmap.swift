// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A set of slots `0..<count`, one bit each.
///
/// Bits past `count` in the last word are always 0, so words can be counted and handed to C as they are.
package struct Bitmap: Sendable, Hashable {
    /// How many slots there are, in the set or not.
    package private(set) var count: Int
    private var words: [UInt64]

    /// A set of no slots, or of all if `filled`.
    package init(count: Int, filled: Bool = false) {
        precondition(count >= 0, "a bitmap has no negative length")
        self.count = count
        words = [UInt64](repeating: filled ? .max : 0, count: Self.wordCount(count))
        clearTail()
    }

    /// A set from its words; nil unless there are exactly as many words as `count` needs and no bit past it is set.
    package init?(count: Int, words: [UInt64]) {
        guard count >= 0, words.count == Self.wordCount(count) else { return nil }
        self.count = count
        self.words = words
        clearTail()
        guard self.words.last == words.last else { return nil }
    }

    /// Whether `slot` is in the set.
    package subscript(slot: Int) -> Bool {
        get {
            precondition(slot >= 0 && slot < count, "the slot lies outside the bitmap")
            return words[slot &>> 6] &>> UInt64(slot & 63) & 1 == 1
        }
        set {
            precondition(slot >= 0 && slot < count, "the slot lies outside the bitmap")
            let bit: UInt64 = 1 &<< UInt64(slot & 63)
            if newValue { words[slot &>> 6] |= bit } else { words[slot &>> 6] &= ~bit }
        }
    }

    /// How many slots are in the set.
    package var population: Int { words.reduce(0) { $0 &+ $1.nonzeroBitCount } }

    /// Whether no slot is in the set.
    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Keeps the slots that are in `other` too; both have the same `count`.
    package mutating func and(_ other: Bitmap) { combine(other) { $0 & $1 } }

    /// Adds the slots of `other`; both have the same `count`.
    package mutating func or(_ other: Bitmap) { combine(other) { $0 | $1 } }

    /// Takes the slots of `other` away; both have the same `count`.
    package mutating func andNot(_ other: Bitmap) { combine(other) { $0 & ~$1 } }

    /// Exchanges what is in the set for what is not.
    package mutating func invert() {
        for index in words.indices { words[index] = ~words[index] }
        clearTail()
    }

    /// Adds slots to the set; each is inside the bitmap.
    package mutating func insert(_ slots: some Sequence<UInt32>) {
        for slot in slots { self[Int(slot)] = true }
    }

    /// Makes the bitmap longer; the new slots are in the set if `filled`.
    package mutating func grow(to newCount: Int, filled: Bool = false) {
        precondition(newCount >= count, "a bitmap does not shrink")
        let oldCount = count
        count = newCount
        words.append(contentsOf: repeatElement(filled ? .max : 0, count: Self.wordCount(newCount) - words.count))
        // The word that held the old end was clear past it.
        if filled, oldCount & 63 != 0 { words[oldCount &>> 6] |= UInt64.max &<< UInt64(oldCount & 63) }
        clearTail()
    }

    /// Lends the words, 64 slots each, the lowest slot in the lowest bit.
    package func withWords<Result>(_ body: (UnsafeBufferPointer<UInt64>) throws -> Result) rethrows -> Result {
        try words.withUnsafeBufferPointer(body)
    }

    /// How many words `count` slots need.
    package static func wordCount(_ count: Int) -> Int { count / 64 + (count & 63 == 0 ? 0 : 1) }

    private mutating func combine(_ other: Bitmap, _ operation: (UInt64, UInt64) -> UInt64) {
        precondition(other.count == count, "bitmaps of different lengths cannot be combined")
        for index in words.indices { words[index] = operation(words[index], other.words[index]) }
    }

    private mutating func clearTail() {
        if count & 63 != 0, let last = words.indices.last { words[last] &= ~(UInt64.max &<< UInt64(count & 63)) }
    }
}

extension Bitmap: Sequence {
    /// Walks the slots in the set, ascending.
    package struct Iterator: IteratorProtocol {
        fileprivate let words: [UInt64]
        fileprivate var index = 0
        fileprivate var rest: UInt64

        package mutating func next() -> Int? {
            while rest == 0 {
                index += 1
                guard index < words.count else { return nil }
                rest = words[index]
            }
            let slot = index &* 64 &+ rest.trailingZeroBitCount
            rest &= rest &- 1
            return slot
        }
    }

    package func makeIterator() -> Iterator { Iterator(words: words, rest: words.first ?? 0) }
    package var underestimatedCount: Int { population }
}
