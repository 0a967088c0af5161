// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Writes columns as bytes: counts as 32-bit numbers, arrays of fixed-size elements as they lie in memory, little-endian.
struct MetadataWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(count: Int) { write([UInt32(count)]) }

    /// The elements without their count.
    mutating func write<Element: BitwiseCopyable>(_ elements: [Element]) {
        elements.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Count and elements.
    mutating func writeCounted<Element: BitwiseCopyable>(_ elements: [Element]) {
        write(count: elements.count)
        write(elements)
    }

    /// Count, lengths, then all bytes.
    mutating func write(_ strings: [String]) {
        writeCounted(strings.map { UInt32($0.utf8.count) })
        for string in strings { bytes.append(contentsOf: string.utf8) }
    }

    mutating func write(_ value: MetadataValue) {
        switch value {
        case .string(let string):
            bytes.append(0)
            write([string])
        case .number(let number):
            bytes.append(1)
            write([number.bitPattern])
        case .boolean(let boolean): bytes.append(boolean ? 3 : 2)
        case .list(let values):
            bytes.append(4)
            write(count: values.count)
            for value in values { write(value) }
        }
    }

    mutating func write<Value>(slotsOf values: ValueSlots<Value>) {
        write(values.ends)
        writeCounted(values.slots)
    }
}

/// Reads what `MetadataWriter` wrote; every read throws `corrupt` instead of leaving the buffer.
struct MetadataReader {
    private var rest: UnsafeRawBufferPointer
    private let slotCount: Int
    /// Lists nest no deeper than this.
    private static let deepest = 32

    init(_ bytes: UnsafeRawBufferPointer, slotCount: Int) {
        rest = bytes
        self.slotCount = slotCount
    }

    static let corrupt = RAGError(.corrupt, "the metadata index contradicts itself")

    var isAtEnd: Bool { rest.isEmpty }

    mutating func readCount() throws(RAGError) -> Int { Int(try read(1, of: UInt32.self)[0]) }

    mutating func read<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
        _ count: Int,
        of type: Element.Type
    ) throws(RAGError) -> [Element] {
        guard count <= rest.count / MemoryLayout<Element>.stride else { throw Self.corrupt }
        let size = count * MemoryLayout<Element>.stride
        var elements = [Element](repeating: 0, count: count)
        elements.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<size])) }
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return elements
    }

    mutating func readStrings() throws(RAGError) -> [String] {
        var strings: [String] = []
        for length in try read(try readCount(), of: UInt32.self) {
            let bytes = try read(Int(length), of: UInt8.self)
            guard let string = String(validating: bytes, as: UTF8.self) else { throw Self.corrupt }
            strings.append(string)
        }
        return strings
    }

    mutating func readValue(depth: Int = 0) throws(RAGError) -> MetadataValue {
        switch try read(1, of: UInt8.self)[0] {
        case 0:
            let strings = try readStrings()
            guard strings.count == 1 else { throw Self.corrupt }
            return .string(strings[0])
        case 1: return .number(Double(bitPattern: try read(1, of: UInt64.self)[0]))
        case 2: return .boolean(false)
        case 3: return .boolean(true)
        case 4:
            guard depth < Self.deepest else { throw Self.corrupt }
            let count = try readCount()
            // Each value takes a byte at least.
            guard count <= rest.count else { throw Self.corrupt }
            var values: [MetadataValue] = []
            for _ in 0..<count { values.append(try readValue(depth: depth + 1)) }
            return .list(values)
        default: throw Self.corrupt
        }
    }

    mutating func readSlots() throws(RAGError) -> [UInt32] {
        let slots = try read(try readCount(), of: UInt32.self)
        guard ValueSlots<Bool>.areAscending(slots[...], below: slotCount) else { throw Self.corrupt }
        return slots
    }

    mutating func readSlots<Value>(of values: [Value]) throws(RAGError) -> ValueSlots<Value> {
        let ends = try read(values.count, of: UInt32.self)
        let slots = try read(try readCount(), of: UInt32.self)
        guard let result = ValueSlots(values: values, ends: ends, slots: slots, slotCount: slotCount) else {
            throw Self.corrupt
        }
        return result
    }
}
