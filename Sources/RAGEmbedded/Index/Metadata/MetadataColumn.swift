// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The values of one field.
struct MetadataColumn: Sendable, Equatable {
    /// The slots that have the field at all, ascending; an empty list is a value too.
    var present: [UInt32] = []
    /// Distinct by their bytes, in the order of their bytes.
    var strings = ValueSlots<String>()
    /// The indexes of `strings` in Swift's order, which puts canonically equal strings next to each other; empty where both
    /// orders are the same.
    private(set) var canonicalOrder: [UInt32] = []
    /// Ascending, without NaN; -0 counts as 0.
    var numbers = ValueSlots<Double>()
    /// The slots with a number that is NaN: equal to nothing, but inside every range that has no strict bound.
    var notNumbers: [UInt32] = []
    /// The slots with false, then those with true.
    var booleans = ValueSlots<Bool>()
    /// Lists inside of lists, which only equality can find.
    var lists = ValueSlots<MetadataValue>()

    /// Finds the canonical order; call once the strings are complete.
    mutating func sortCanonically() {
        let values = strings.values
        let isSorted = values.indices.dropFirst().allSatisfy { values[$0 - 1] < values[$0] }
        canonicalOrder = isSorted ? [] : values.indices.sorted { values[$0] < values[$1] }.map(UInt32.init)
    }

    func insertSlots(equalTo value: MetadataValue, into bitmap: inout Bitmap) {
        switch value {
        case .string(let string):
            for index in indexes(equalTo: string) { bitmap.insert(strings.slots(at: index)) }
        case .number(let number):
            let index = numbers.values.partitioningIndex { $0 >= number }
            if index < numbers.values.count, numbers.values[index] == number { bitmap.insert(numbers.slots(at: index)) }
        case .boolean(let boolean):
            if let index = booleans.values.firstIndex(of: boolean) { bitmap.insert(booleans.slots(at: index)) }
        case .list:
            for (index, list) in lists.values.enumerated() where list == value { bitmap.insert(lists.slots(at: index)) }
        }
    }

    func insertSlots(inside bounds: FilterBounds, into bitmap: inout Bitmap) {
        let given = [bounds.greaterThan, bounds.greaterOrEqual, bounds.lessThan, bounds.lessOrEqual].compactMap(\.self)
        if given.isEmpty {
            bitmap.insert(strings.slots)
            bitmap.insert(numbers.slots)
            bitmap.insert(notNumbers)
            bitmap.insert(booleans.slots)
            bitmap.insert(lists.slots)
            return
        }
        if given.allSatisfy(\.isNumber) { return insertNumbers(inside: bounds, into: &bitmap) }
        if given.allSatisfy(\.isString) { return insertStrings(inside: bounds, given, into: &bitmap) }
        // No value can be compared with bounds of two kinds, or with a boolean.
    }

    /// Where nothing is less or greater, as with NaN, the comparison counts as equal: see `FilterBounds.contains`.
    private func insertNumbers(inside bounds: FilterBounds, into bitmap: inout Bitmap) {
        if bounds.contains(.number(.nan)) { bitmap.insert(notNumbers) }
        let values = numbers.values
        var lower = 0
        var upper = values.count
        for case .number(let bound)? in [bounds.greaterThan] {
            lower = max(lower, bound.isNaN ? values.count : values.partitioningIndex { $0 > bound })
        }
        for case .number(let bound)? in [bounds.greaterOrEqual] where !bound.isNaN {
            lower = max(lower, values.partitioningIndex { $0 >= bound })
        }
        for case .number(let bound)? in [bounds.lessThan] {
            upper = min(upper, bound.isNaN ? 0 : values.partitioningIndex { $0 >= bound })
        }
        for case .number(let bound)? in [bounds.lessOrEqual] where !bound.isNaN {
            upper = min(upper, values.partitioningIndex { $0 > bound })
        }
        if lower < upper { bitmap.insert(numbers.slots(at: lower..<upper)) }
    }

    private func insertStrings(inside bounds: FilterBounds, _ given: [MetadataValue], into bitmap: inout Bitmap) {
        let values = strings.values
        var lower = 0
        var upper = values.count
        for case .string(let bound)? in [bounds.greaterThan, bounds.greaterOrEqual] {
            lower = max(lower, values.partitioningIndex { !$0.utf8.lexicographicallyPrecedes(bound.utf8) })
        }
        for case .string(let bound)? in [bounds.lessThan, bounds.lessOrEqual] {
            upper = min(upper, values.partitioningIndex { bound.utf8.lexicographicallyPrecedes($0.utf8) })
        }
        // Strings that equal a bound canonically count as equal wherever their bytes lie, so each is asked for itself.
        var special: Set<Int> = []
        for case .string(let bound) in given { special.formUnion(indexes(equalTo: bound)) }
        for index in special where bounds.contains(.string(values[index])) { bitmap.insert(strings.slots(at: index)) }
        guard lower < upper else { return }
        var start = lower
        for index in special.sorted() where (lower..<upper).contains(index) {
            bitmap.insert(strings.slots(at: start..<index))
            start = index + 1
        }
        bitmap.insert(strings.slots(at: start..<upper))
    }

    /// The indexes of the strings that equal `string` as Swift sees it.
    private func indexes(equalTo string: String) -> [Int] {
        let values = strings.values
        if canonicalOrder.isEmpty {
            let index = values.partitioningIndex { $0 >= string }
            return index < values.count && values[index] == string ? [index] : []
        }
        let first = canonicalOrder.partitioningIndex { values[Int($0)] >= string }
        return canonicalOrder[first...].prefix { values[Int($0)] == string }.map(Int.init)
    }
}

extension MetadataValue {
    fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
    fileprivate var isString: Bool { if case .string = self { true } else { false } }
}

extension Array {
    /// The first index whose element satisfies `predicate`, given that all elements after it do too.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
