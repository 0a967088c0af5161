// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The keys of a segment's slots, no two alike, and the way back from a key to its slot.
struct SegmentKeys: Sendable {
    /// By slot.
    let values: [Int64]
    /// Slots in the order of their keys; nil where that is the order of the slots.
    private let order: [UInt32]?

    init(_ values: [Int64]) {
        self.values = values
        let ascends = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
        order = ascends ? nil : values.indices.map(UInt32.init).sorted { values[Int($0)] < values[Int($1)] }
    }

    var count: Int { values.count }

    /// Whether no key stands twice.
    var areDistinct: Bool {
        guard let order else { return true }
        return zip(order, order.dropFirst()).allSatisfy { values[Int($0)] < values[Int($1)] }
    }

    /// The slot of `key`, or nil.
    func slot(of key: Int64) -> Int? {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[slot(atRank: middle)] < key { low = middle + 1 } else { high = middle }
        }
        guard low < values.count else { return nil }
        let slot = slot(atRank: low)
        return values[slot] == key ? slot : nil
    }

    private func slot(atRank rank: Int) -> Int { order.map { Int($0[rank]) } ?? rank }
}
