// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Distinct values in an order, and for each the slots that have it.
struct ValueSlots<Value: Sendable & Equatable>: Sendable, Equatable {
    private(set) var values: [Value] = []
    /// Where the slots of each value end in `slots`.
    private(set) var ends: [UInt32] = []
    /// Value by value; ascending within a value.
    private(set) var slots: [UInt32] = []

    init() {}

    /// Values with the ends of their slots, as read from outside; nil unless the ends rise from value to value up to the last
    /// slot and each value's slots ascend below `slotCount`.
    init?(values: [Value], ends: [UInt32], slots: [UInt32], slotCount: Int) {
        guard values.count == ends.count, Int(ends.last ?? 0) == slots.count else { return nil }
        var start: UInt32 = 0
        for end in ends {
            guard end > start, Int(end) <= slots.count else { return nil }
            guard Self.areAscending(slots[Int(start)..<Int(end)], below: slotCount) else { return nil }
            start = end
        }
        self.values = values
        self.ends = ends
        self.slots = slots
    }

    /// Adds a value that goes after all before it.
    mutating func append(_ value: Value, slots newSlots: [UInt32]) {
        values.append(value)
        slots.append(contentsOf: newSlots)
        ends.append(UInt32(slots.count))
    }

    func slots(at index: Int) -> ArraySlice<UInt32> { slots(at: index..<index + 1) }

    /// The slots of several values that follow each other; a slot may occur more than once.
    func slots(at range: Range<Int>) -> ArraySlice<UInt32> {
        guard !range.isEmpty else { return [] }
        let start = range.lowerBound == 0 ? 0 : Int(ends[range.lowerBound - 1])
        return slots[start..<Int(ends[range.upperBound - 1])]
    }

    static func areAscending(_ slots: ArraySlice<UInt32>, below slotCount: Int) -> Bool {
        var next = 0
        for slot in slots {
            guard Int(slot) >= next, Int(slot) < slotCount else { return false }
            next = Int(slot) + 1
        }
        return true
    }
}
