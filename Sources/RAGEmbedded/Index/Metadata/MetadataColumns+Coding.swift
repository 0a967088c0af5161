// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension MetadataColumns {
    /// The first eight bytes: a name and the version of the form.
    private static let magic: UInt64 = 0x0154_454D_4447_5247

    /// Appends the columns' bytes; `init(decoding:)` reads them back.
    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: encoded()) }

    /// The encoded form.
    package func encoded() -> [UInt8] {
        var writer = MetadataWriter()
        writer.write([Self.magic])
        writer.write(count: slotCount)
        let fields = columns.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        writer.write(fields.map(\.key))
        for (_, column) in fields {
            writer.writeCounted(column.present)
            writer.writeCounted(column.notNumbers)
            writer.write(column.strings.values)
            writer.write(slotsOf: column.strings)
            writer.writeCounted(column.numbers.values.map(\.bitPattern))
            writer.write(slotsOf: column.numbers)
            writer.writeCounted(column.booleans.values.map { $0 ? UInt8(1) : 0 })
            writer.write(slotsOf: column.booleans)
            writer.write(count: column.lists.values.count)
            for value in column.lists.values { writer.write(value) }
            writer.write(slotsOf: column.lists)
        }
        return writer.bytes
    }

    /// Reads what `encode` wrote.
    ///
    /// - Throws: `corrupt` if the bytes are not such columns.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(RAGError) {
        var header = MetadataReader(bytes, slotCount: 0)
        guard try header.read(1, of: UInt64.self)[0] == Self.magic else { throw MetadataReader.corrupt }
        let slotCount = try header.readCount()
        var reader = MetadataReader(UnsafeRawBufferPointer(rebasing: bytes[12...]), slotCount: slotCount)
        var columns: [String: MetadataColumn] = [:]
        for name in try reader.readStrings() {
            let column = try MetadataColumn(decoding: &reader)
            guard columns.updateValue(column, forKey: name) == nil else { throw MetadataReader.corrupt }
        }
        guard reader.isAtEnd else { throw MetadataReader.corrupt }
        self.init(slotCount: slotCount, columns: columns)
    }

    /// Reads what `encode` wrote, from part of an array.
    ///
    /// - Throws: `corrupt` if the bytes are not such columns.
    package init(decoding bytes: ArraySlice<UInt8>) throws(RAGError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(RAGError) in try MetadataColumns(decoding: buffer) }
        }
        self = try result.get()
    }
}

extension MetadataColumn {
    fileprivate init(decoding reader: inout MetadataReader) throws(RAGError) {
        self.init()
        present = try reader.readSlots()
        notNumbers = try reader.readSlots()
        strings = try reader.readSlots(of: try reader.readStrings())
        let patterns = try reader.read(try reader.readCount(), of: UInt64.self)
        numbers = try reader.readSlots(of: patterns.map(Double.init(bitPattern:)))
        let flags = try reader.read(try reader.readCount(), of: UInt8.self)
        booleans = try reader.readSlots(of: flags.map { $0 == 1 })
        var nested: [MetadataValue] = []
        for _ in 0..<(try reader.readCount()) { nested.append(try reader.readValue()) }
        lists = try reader.readSlots(of: nested)
        sortCanonically()
        guard isOrdered, flags.allSatisfy({ $0 < 2 }) else { throw MetadataReader.corrupt }
    }

    /// Whether values ascend as the searches in them need it.
    private var isOrdered: Bool {
        let strings = strings.values
        let numbers = numbers.values
        return strings.indices.dropFirst().allSatisfy { strings[$0 - 1].utf8.lexicographicallyPrecedes(strings[$0].utf8) }
            && numbers.indices.dropFirst().allSatisfy { numbers[$0 - 1] < numbers[$0] }
            && numbers.count(where: \.isNaN) == 0
            && booleans.values.count <= 2 && booleans.values != [false, false] && booleans.values != [true, true]
    }
}
