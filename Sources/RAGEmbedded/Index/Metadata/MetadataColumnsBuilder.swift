// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Builds metadata columns slot by slot, or from columns that exist.
package struct MetadataColumnsBuilder {
    /// A string as its bytes: strings that Swift calls equal may still be different values of a range.
    private struct Bytes: Hashable {
        let string: String

        static func == (lhs: Bytes, rhs: Bytes) -> Bool { lhs.string.utf8.elementsEqual(rhs.string.utf8) }

        func hash(into hasher: inout Hasher) {
            var string = string
            string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private struct Field {
        var present: [UInt32] = []
        var strings: [Bytes: [UInt32]] = [:]
        var numbers: [Double: [UInt32]] = [:]
        var notNumbers: [UInt32] = []
        var booleans: [Bool: [UInt32]] = [:]
        var lists: [(value: MetadataValue, slots: [UInt32])] = []

        mutating func add(_ value: MetadataValue, _ slot: UInt32) {
            switch value {
            case .string(let string): Self.add(slot, to: &strings[Bytes(string: string), default: []])
            case .number(let number) where number.isNaN: Self.add(slot, to: &notNumbers)
            case .number(let number): Self.add(slot, to: &numbers[number == 0 ? 0 : number, default: []])
            case .boolean(let boolean): Self.add(slot, to: &booleans[boolean, default: []])
            case .list:
                if let index = lists.firstIndex(where: { $0.value == value }) {
                    Self.add(slot, to: &lists[index].slots)
                } else {
                    lists.append((value, [slot]))
                }
            }
        }

        /// A list may hold a value twice.
        private static func add(_ slot: UInt32, to slots: inout [UInt32]) {
            if slots.last != slot { slots.append(slot) }
        }
    }

    private var fields: [String: Field] = [:]
    private var slotCount = 0

    package init() {}

    /// Adds the next slot.
    package mutating func append(_ metadata: Metadata) {
        let slot = UInt32(slotCount)
        for (name, value) in metadata {
            fields[name, default: Field()].present.append(slot)
            for scalar in Filter.scalars(value) { fields[name, default: Field()].add(scalar, slot) }
        }
        slotCount += 1
    }

    /// Adds the live slots of `columns`, in order.
    package mutating func append(_ columns: MetadataColumns, live: Bitmap) {
        precondition(live.count == columns.slotCount, "the bitmap belongs to other columns")
        var places = [UInt32](repeating: .max, count: columns.slotCount)
        for slot in live {
            places[slot] = UInt32(slotCount)
            slotCount += 1
        }
        func moved(_ slots: some Sequence<UInt32>) -> [UInt32] {
            slots.compactMap { places[Int($0)] == .max ? nil : places[Int($0)] }
        }
        for (name, column) in columns.columns {
            let present = moved(column.present)
            guard !present.isEmpty else { continue }
            fields[name, default: Field()].present += present
            fields[name, default: Field()].notNumbers += moved(column.notNumbers)
            for (index, value) in column.strings.values.enumerated() {
                let slots = moved(column.strings.slots(at: index))
                if !slots.isEmpty { fields[name, default: Field()].strings[Bytes(string: value), default: []] += slots }
            }
            for (index, value) in column.numbers.values.enumerated() {
                let slots = moved(column.numbers.slots(at: index))
                if !slots.isEmpty { fields[name, default: Field()].numbers[value, default: []] += slots }
            }
            for (index, value) in column.booleans.values.enumerated() {
                let slots = moved(column.booleans.slots(at: index))
                if !slots.isEmpty { fields[name, default: Field()].booleans[value, default: []] += slots }
            }
            for (index, value) in column.lists.values.enumerated() {
                for slot in moved(column.lists.slots(at: index)) { fields[name, default: Field()].add(value, slot) }
            }
        }
    }

    /// The columns of all slots added.
    package consuming func finish() -> MetadataColumns {
        MetadataColumns(slotCount: slotCount, columns: fields.mapValues(Self.column))
    }

    private static func column(_ field: Field) -> MetadataColumn {
        var column = MetadataColumn()
        column.present = field.present
        column.notNumbers = field.notNumbers
        let strings = field.strings.sorted { $0.key.string.utf8.lexicographicallyPrecedes($1.key.string.utf8) }
        for (value, slots) in strings { column.strings.append(value.string, slots: slots) }
        for (value, slots) in field.numbers.sorted(by: { $0.key < $1.key }) { column.numbers.append(value, slots: slots) }
        for value in [false, true] {
            if let slots = field.booleans[value] { column.booleans.append(value, slots: slots) }
        }
        for (value, slots) in field.lists { column.lists.append(value, slots: slots) }
        column.sortCanonically()
        return column
    }
}
