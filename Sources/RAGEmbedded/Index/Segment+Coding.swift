// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension Segment {
    private static let magic: UInt64 = 0x5345_474D_4752_4E44
    /// Rows of the matrix written at a time.
    private static let block = 512

    /// The sections of a file, in order; each begins at a multiple of 64 bytes.
    private struct Layout {
        var references: Int
        var metadata: Int
        var lexical: Int
        var rows: Int
        var links: Int
    }

    /// Writes the segment to a file, durably and under its name at once.
    /// - Throws: `insufficientStorage`, `unavailable`.
    package func write(to path: String) throws(RAGError) {
        var references = SegmentEncoder()
        references.append(keys.values)
        self.references.encode(into: &references)
        let metadata = metadata.encoded()
        let lexical = lexical.encoded()
        let links = vectors.encodedLinks()
        let rows = count * vectors.dimension * MemoryLayout<Float>.stride

        var header = SegmentEncoder()
        header.append(name)
        header.append(UInt64(vectors.dimension))
        header.append(UInt64(count))
        for size in [references.bytes.count, metadata.count, lexical.count, rows, links.count] { header.append(UInt64(size)) }

        var writer = try SegmentFileWriter(path: path, magic: Self.magic)
        for section in [header.bytes, references.bytes, metadata, lexical] {
            try writer.append(section)
            try writer.pad()
        }
        for start in stride(from: 0, to: count, by: Self.block) {
            try writer.append(vectors.rows(start..<min(start + Self.block, count)))
        }
        try writer.pad()
        try writer.append(links)
        try writer.commit()
    }

    /// Reads a segment from a file.
    /// - Throws: `corrupt` if the file is missing, damaged or another segment's, `incompatible` if it is of another version or
    ///   dimension, `unavailable` if the disk fails.
    package static func read(from path: String, name: String, dimension: Int) throws(RAGError) -> Segment {
        do {
            return try SegmentFile.read(path, magic: magic) { content throws(RAGError) in
                try decode(content, name: name, dimension: dimension)
            }
        } catch {
            guard error.code == .notFound else { throw error }
            throw RAGError(.corrupt, "an index file is missing", cause: error)
        }
    }

    private static func decode(
        _ content: UnsafeRawBufferPointer,
        name: String,
        dimension: Int
    ) throws(RAGError) -> Segment {
        var decoder = SegmentDecoder(content)
        guard try decoder.readString() == name else { throw SegmentDecoder.damaged }
        guard try decoder.read(UInt64.self) == UInt64(dimension) else {
            throw RAGError(.incompatible, "an index file holds vectors of another dimension than \(dimension)")
        }
        let count = try decoder.read(UInt64.self)
        var sizes: [Int] = []
        for _ in 0..<5 { sizes.append(Int(clamping: try decoder.read(UInt64.self))) }
        let layout = Layout(references: sizes[0], metadata: sizes[1], lexical: sizes[2], rows: sizes[3], links: sizes[4])
        try decoder.pad()

        var references = SegmentDecoder(try decoder.section(layout.references))
        let keys = SegmentKeys(try references.readArray(Int64.self))
        let table = try SegmentReferences(decoding: &references)
        let metadata = try MetadataColumns(decoding: try decoder.section(layout.metadata))
        let lexical = try LexicalSegment(decoding: try decoder.section(layout.lexical))
        let rows = try decoder.section(layout.rows)
        let vectors = try VectorSegment.decode(rows: rows, links: try decoder.take(layout.links), dimension: dimension)
        guard references.remaining == 0, decoder.remaining == 0, keys.areDistinct, UInt64(keys.count) == count,
            [table.count, metadata.slotCount, lexical.slotCount, vectors.count].allSatisfy({ $0 == keys.count })
        else { throw SegmentDecoder.damaged }
        return Segment(name: name, keys: keys, references: table, lexical: lexical, vectors: vectors, metadata: metadata)
    }
}

extension SegmentDecoder {
    /// The next `size` bytes and what pads them to a multiple of 64.
    fileprivate mutating func section(_ size: Int) throws(RAGError) -> UnsafeRawBufferPointer {
        let section = try take(size)
        try pad()
        return section
    }
}
