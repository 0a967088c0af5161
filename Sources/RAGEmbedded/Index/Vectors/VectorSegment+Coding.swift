// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension VectorSegment {
    /// The vectors of some slots, one after the other.
    func rows(_ slots: Range<Int>) -> [Float] {
        precondition(slots.lowerBound >= 0 && slots.upperBound <= count, "the slots lie in the segment")
        var matrix: [Float] = []
        matrix.reserveCapacity(slots.count * dimension)
        append(slots, to: &matrix)
        return matrix
    }

    /// The graph's links, without the vectors; empty if there is no graph.
    func encodedLinks() -> [UInt8] { graph?.encodedLinks() ?? [] }

    /// The segment of encoded rows, with the graph of encoded links unless there are none.
    ///
    /// `rows` begins at a multiple of 4 bytes.
    /// - Throws: `corrupt` if the links do not belong to as many rows, or a number in the rows is not finite.
    static func decode(
        rows: UnsafeRawBufferPointer,
        links: UnsafeRawBufferPointer,
        dimension: Int
    ) throws(RAGError) -> VectorSegment {
        guard dimension > 0, rows.count % (dimension * MemoryLayout<Float>.stride) == 0 else { throw SegmentDecoder.damaged }
        let floats = rows.assumingMemoryBound(to: Float.self)
        guard floats.allSatisfy(\.isFinite) else { throw SegmentDecoder.damaged }
        if links.isEmpty { return VectorSegment(rows: Array(floats), dimension: dimension) }
        return VectorSegment(graph: try VectorGraph.decode(links: links, rows: floats, dimension: dimension))
    }
}
