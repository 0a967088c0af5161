// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension DocumentArchive {
    /// The archive as bytes: equal bytes mean the same document to the last bit, whichever store it comes from.
    ///
    /// Integers are 8 bytes, little-endian, two's complement. A text is its number of UTF-8 bytes, then these bytes; an optional text is the
    /// byte 0, or 1 and the text. Numbers of metadata and times are their IEEE 754 bits as an integer (minus zero as zero), vectors' floats
    /// their 4 bytes. In order:
    ///
    /// 1. the text `grounded.archive.1`, the generation's identifier;
    /// 2. the number of revisions, and of each: document, number, hash, time, title (optional), url (optional), metadata, format, length,
    ///    canonical text. Metadata is the number of fields, then by the bytes of the name: name and value. A value is a byte for its kind
    ///    (1 text, 2 number, 3 boolean, 4 list) and the text, the number, the byte 0 or 1, or the number of elements and the elements;
    /// 3. the number of chunks, and of each: ordinal, first byte, byte after the last, number of headings, headings. Pages are
    ///    left out: they follow from the text;
    /// 4. the vectors' dimension, their number, and all floats row by row.
    public var canonicalBytes: [UInt8] {
        var bytes = ArchiveBytes()
        bytes.bytes.reserveCapacity(1_024 + vectors.values.count * 4 + entries.reduce(0) { $0 + $1.text.utf8.count })
        bytes.append("grounded.archive.1")
        bytes.append(generation)
        bytes.append(entries.count)
        for entry in entries { bytes.append(entry) }
        bytes.append(chunks.count)
        for chunk in chunks {
            bytes.append(chunk.ordinal)
            bytes.append(chunk.range.lowerBound)
            bytes.append(chunk.range.upperBound)
            bytes.append(chunk.headingPath.count)
            for heading in chunk.headingPath { bytes.append(heading) }
        }
        bytes.append(vectors.dimension)
        bytes.append(vectors.count)
        for value in vectors.values { bytes.append(bits: value.bitPattern) }
        return bytes.bytes
    }
}

/// What canonical bytes are put together from.
private struct ArchiveBytes {
    var bytes: [UInt8] = []

    mutating func append(bits: some FixedWidthInteger) {
        withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ integer: Int) { append(bits: Int64(integer)) }

    mutating func append(_ number: Double) { append(bits: (number == 0 ? 0 : number).bitPattern) }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(optional text: String?) {
        bytes.append(text == nil ? 0 : 1)
        if let text { append(text) }
    }

    mutating func append(_ entry: DocumentArchive.Entry) {
        let revision = entry.revision
        append(revision.document.rawValue)
        append(revision.number)
        append(revision.hash.rawValue)
        append(revision.createdAt)
        append(optional: revision.title)
        append(optional: revision.url)
        append(revision.metadata.count)
        for (name, value) in revision.metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            append(name)
            append(value)
        }
        append(revision.format.rawValue)
        append(revision.length)
        append(entry.text)
    }

    mutating func append(_ value: MetadataValue) {
        switch value {
        case .string(let text):
            bytes.append(1)
            append(text)
        case .number(let number):
            bytes.append(2)
            append(number)
        case .boolean(let value):
            bytes.append(3)
            bytes.append(value ? 1 : 0)
        case .list(let elements):
            bytes.append(4)
            append(elements.count)
            for element in elements { append(element) }
        }
    }
}
