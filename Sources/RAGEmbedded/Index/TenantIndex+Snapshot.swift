// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension TenantIndex {
    private static let magic: UInt64 = 0x4D41_4E49_4752_4E44
    private static let manifestName = "manifest"
    private static let segmentSuffix = ".segment"

    /// Makes the index durable in a directory of its own, which is made if it is missing. Only segments that are not there
    /// yet are written; files that no longer belong to the index are deleted. A crash at any time leaves this index or the
    /// one before.
    ///
    /// One call at a time may save to a directory.
    /// - Throws: `insufficientStorage` if the disk is full, `unavailable` for other failures of the disk.
    package func save(to directory: String) throws(RAGError) {
        try SegmentFile.makeDirectory(directory)
        let present = Set(try SegmentFile.names(in: directory))
        for part in parts where !present.contains(Self.fileName(part.segment.name)) {
            try part.segment.write(to: "\(directory)/\(Self.fileName(part.segment.name))")
        }
        // A manifest must not name files whose names are not durable.
        try SegmentFile.synchronize(directory: directory)
        try SegmentFile.write(manifest(), to: "\(directory)/\(Self.manifestName)", magic: Self.magic)
        try SegmentFile.synchronize(directory: directory)

        let needed = Set(parts.map { Self.fileName($0.segment.name) })
        for name in present where !needed.contains(name) {
            guard name.hasSuffix(Self.segmentSuffix) || name.hasSuffix(SegmentFileWriter.temporarySuffix) else { continue }
            try SegmentFile.remove("\(directory)/\(name)")
        }
        try SegmentFile.synchronize(directory: directory)
    }

    /// The index that was saved in a directory.
    /// - Throws: `notFound` if there is none, `corrupt` if a file is missing or damaged, `incompatible` if a file is of another
    ///   version or the vectors are of another dimension, `unavailable` if the disk fails.
    package static func load(from directory: String, dimension: Int) throws(RAGError) -> TenantIndex {
        try SegmentFile.read("\(directory)/\(manifestName)", magic: magic) { content throws(RAGError) in
            var decoder = SegmentDecoder(content)
            guard try decoder.read(UInt64.self) == UInt64(clamping: dimension) else {
                throw RAGError(.incompatible, "the index holds vectors of another dimension than \(dimension)")
            }
            var index = TenantIndex(dimension: dimension)
            index.stamp = try decoder.readString()
            let count = try decoder.readCount(elementSize: MemoryLayout<UInt32>.size)
            for _ in 0..<count { index.parts.append(try readPart(&decoder, directory: directory, dimension: dimension)) }
            guard decoder.remaining == 0 else { throw SegmentDecoder.damaged }
            return index
        }
    }

    private func manifest() -> [UInt8] {
        var encoder = SegmentEncoder()
        encoder.append(UInt64(dimension))
        encoder.append(stamp)
        encoder.append(UInt64(parts.count))
        for part in parts {
            encoder.append(part.segment.name)
            encoder.append(UInt64(part.segment.count))
            encoder.append(part.live.withWords { Array($0) })
            let corrections = part.deletedFrequencies.sorted { $0.key < $1.key }
            encoder.append(corrections.map(\.key))
            encoder.append(corrections.map(\.value))
        }
        return encoder.bytes
    }

    private static func readPart(
        _ decoder: inout SegmentDecoder,
        directory: String,
        dimension: Int
    ) throws(RAGError) -> Part {
        let name = try decoder.readString()
        let count = Int(clamping: try decoder.read(UInt64.self))
        let words = try decoder.readArray(UInt64.self)
        let terms = try decoder.readArray(UInt64.self)
        let frequencies = try decoder.readArray(Int32.self)
        guard let live = Bitmap(count: count, words: words), terms.count == frequencies.count,
            zip(terms, terms.dropFirst()).allSatisfy({ $0 < $1 }), isName(name)
        else { throw SegmentDecoder.damaged }
        let segment = try Segment.read(from: "\(directory)/\(fileName(name))", name: name, dimension: dimension)
        guard segment.count == count, !live.isEmpty else { throw SegmentDecoder.damaged }
        return Part(
            segment,
            live: live,
            deletedFrequencies: Dictionary(uniqueKeysWithValues: zip(terms, frequencies))
        )
    }

    /// Whether a manifest may name a file so; nothing else may become part of a path.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count == 32 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func fileName(_ name: String) -> String { name + segmentSuffix }
}
