// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

#if _endian(big)
    #error("segment files are little-endian and copied as they are")
#endif

/// Writes numbers, strings and arrays, little-endian and without gaps.
struct SegmentEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A count and the elements.
    mutating func append<Element: BitwiseCopyable>(_ array: [Element]) {
        append(UInt64(array.count))
        array.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// A length and the UTF-8.
    mutating func append(_ text: String) {
        append(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what `SegmentEncoder` wrote; throws `corrupt` where the bytes end too early or a length cannot be right.
struct SegmentDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes not read yet.
    var remaining: Int { bytes.count - offset }

    static let damaged = RAGError(.corrupt, "an index file contradicts itself")

    mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws(RAGError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw Self.damaged }
        defer { offset += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// The next `count` bytes, lent.
    mutating func take(_ count: Int) throws(RAGError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw Self.damaged }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Skips to the next multiple of 64.
    mutating func pad() throws(RAGError) { _ = try take((64 - offset % 64) % 64) }

    /// A count that a following run of elements of `size` bytes can have.
    mutating func readCount(elementSize size: Int) throws(RAGError) -> Int {
        let count = try read(UInt64.self)
        guard count <= UInt64(remaining / size) else { throw Self.damaged }
        return Int(count)
    }

    mutating func readArray<Element: BitwiseCopyable>(_: Element.Type) throws(RAGError) -> [Element] {
        let stride = MemoryLayout<Element>.stride
        let count = try readCount(elementSize: stride)
        return Self.array(of: Element.self, from: try take(count * stride))
    }

    mutating func readString() throws(RAGError) -> String {
        let length = try read(UInt32.self)
        guard let text = String(validating: try take(Int(length)), as: UTF8.self) else { throw Self.damaged }
        return text
    }

    /// As many whole elements as the bytes hold, copied.
    static func array<Element: BitwiseCopyable>(of _: Element.Type, from bytes: UnsafeRawBufferPointer) -> [Element] {
        let stride = MemoryLayout<Element>.stride
        let count = bytes.count / stride
        return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * stride)]))
            initialized = count
        }
    }
}
