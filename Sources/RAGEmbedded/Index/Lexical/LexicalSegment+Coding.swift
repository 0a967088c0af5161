// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

#if _endian(big)
    #error("the encoded form of an index is little-endian and copied as it is")
#endif

extension LexicalSegment {
    /// Appends the segment's bytes; `init(decoding:)` reads them back.
    package func encode(into bytes: inout [UInt8]) {
        withBytes { bytes.append(contentsOf: $0) }
    }

    /// The encoded form.
    package func encoded() -> [UInt8] { withBytes { [UInt8]($0) } }

    /// Reads what `encode` wrote. The arrays are copied as a whole; every offset and slot is checked.
    ///
    /// - Throws: `corrupt` if the bytes are not such a segment.
    package convenience init(decoding bytes: UnsafeRawBufferPointer) throws(RAGError) {
        let (memory, columns) = try Self.load(bytes).get()
        self.init(adopting: memory, columns: columns)
    }

    /// Reads what `encode` wrote, from part of an array.
    ///
    /// - Throws: `corrupt` if the bytes are not such a segment.
    package convenience init(decoding bytes: ArraySlice<UInt8>) throws(RAGError) {
        let (memory, columns) = try bytes.withUnsafeBytes { Self.load($0) }.get()
        self.init(adopting: memory, columns: columns)
    }

    private typealias Loaded = (memory: UnsafeMutableRawBufferPointer, columns: LexicalColumns)

    private static func load(_ bytes: UnsafeRawBufferPointer) -> Result<Loaded, RAGError> {
        guard let layout = layout(of: bytes) else {
            return .failure(RAGError(.corrupt, "the lexical index has a wrong header or length"))
        }
        let base = UnsafeMutableRawPointer.allocate(byteCount: layout.size, alignment: 64)
        let memory = UnsafeMutableRawBufferPointer(start: base, count: layout.size)
        memory.copyMemory(from: bytes)
        let columns = LexicalColumns(layout: layout, base: base)
        guard columns.areTermsValid, columns.arePostingsValid, columns.areDenseTermsValid else {
            memory.deallocate()
            return .failure(RAGError(.corrupt, "the lexical index contradicts itself"))
        }
        return .success((memory, columns))
    }

    private static func layout(of bytes: UnsafeRawBufferPointer) -> LexicalLayout? {
        guard bytes.count >= LexicalLayout.headerSize, bytes.loadUnaligned(as: UInt64.self) == LexicalLayout.magic else {
            return nil
        }
        func count(_ field: Int) -> Int { Int(clamping: bytes.loadUnaligned(fromByteOffset: field * 8, as: UInt64.self)) }
        let layout = LexicalLayout(
            slotCount: count(1),
            termCount: count(2),
            postingCount: count(3),
            blockCount: count(4),
            denseCount: count(5)
        )
        guard let layout, layout.size == bytes.count else { return nil }
        return layout
    }
}

extension LexicalColumns {
    /// Lengths are not negative, terms ascend, and offsets begin at 0, never fall and end where the arrays end.
    fileprivate var areTermsValid: Bool {
        for slot in 0..<layout.slotCount where lengths[slot] < 0 { return false }
        guard starts[0] == 0, Int(starts[layout.termCount]) == layout.postingCount, blockStarts[0] == 0,
            Int(blockStarts[layout.termCount]) == layout.blockCount
        else { return false }
        for index in 0..<layout.termCount {
            guard index == 0 || terms[index - 1] < terms[index], starts[index] <= starts[index + 1],
                blockStarts[index] <= blockStarts[index + 1]
            else { return false }
            let postings = Int(starts[index + 1] - starts[index])
            guard Int(blockStarts[index + 1] - blockStarts[index]) == LexicalLayout.blocks(postings: postings) else { return false }
        }
        return true
    }

    /// Within each term slots ascend and lie in the segment, and each block's last slot is the one it says.
    fileprivate var arePostingsValid: Bool {
        for index in 0..<layout.termCount {
            let range = Int(starts[index])..<Int(starts[index + 1])
            guard let last = range.last else { continue }
            var isAscending = true
            var hasFrequencies = frequencies[range.lowerBound] > 0
            for posting in range.dropFirst() {
                isAscending = isAscending && slots[posting &- 1] < slots[posting]
                hasFrequencies = hasFrequencies && frequencies[posting] > 0
            }
            guard isAscending, hasFrequencies, Int(slots[last]) < layout.slotCount else { return false }
            for block in Int(blockStarts[index])..<Int(blockStarts[index + 1]) {
                let end = range.lowerBound + (block - Int(blockStarts[index]) + 1) * LexicalLayout.blockSize
                guard blockLast[block] == slots[min(end, range.upperBound) - 1] else { return false }
            }
        }
        return true
    }

    /// The terms without sparse postings are exactly the dense ones, and their counts fit.
    fileprivate var areDenseTermsValid: Bool {
        var dense = 0
        for index in 0..<layout.termCount where starts[index] == starts[index + 1] {
            guard dense < layout.denseCount, Int(denseTerms[dense]) == index, densePopulations[dense] > 0,
                Int(densePopulations[dense]) <= layout.slotCount
            else { return false }
            dense += 1
        }
        return dense == layout.denseCount
    }
}
