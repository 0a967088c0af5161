// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// An immutable part of a tenant's index: chunks by slot, with their vectors, terms and metadata.
///
/// A segment knows nothing of deletions; the index says which slots are live.
package final class Segment: Sendable {
    /// 32 hexadecimal digits that no other segment has.
    let name: String
    let keys: SegmentKeys
    let references: SegmentReferences
    package let lexical: LexicalSegment
    package let vectors: VectorSegment
    package let metadata: MetadataColumns

    init(
        name: String,
        keys: SegmentKeys,
        references: SegmentReferences,
        lexical: LexicalSegment,
        vectors: VectorSegment,
        metadata: MetadataColumns
    ) {
        self.name = name
        self.keys = keys
        self.references = references
        self.lexical = lexical
        self.vectors = vectors
        self.metadata = metadata
    }

    /// How many slots there are, live or not.
    package var count: Int { keys.count }

    /// A segment of these chunks, one per slot, whose vectors are scanned.
    /// - Precondition: every vector has `dimension` floats, and no key stands twice.
    package static func build(_ chunks: [IndexedChunk], dimension: Int) -> Segment {
        var rows: [Float] = []
        rows.reserveCapacity(chunks.count * dimension)
        for chunk in chunks {
            precondition(chunk.vector.count == dimension, "every vector has the index's dimension")
            rows.append(contentsOf: chunk.vector)
        }
        return Segment(
            name: freshName(),
            keys: SegmentKeys(chunks.map(\.key)),
            references: SegmentReferences(chunks.lazy.map(\.reference)),
            lexical: LexicalSegment(termLists: chunks.map(\.terms)),
            vectors: VectorSegment(rows: rows, dimension: dimension),
            metadata: MetadataColumns(chunks.map(\.metadata))
        )
    }

    /// The live chunks of all parts in the order of the parts, with a graph if there are many.
    /// - Throws: `cancelled` if it is cancelled meanwhile, `internal` for lack of memory.
    package static func merged(
        _ parts: [(segment: Segment, live: Bitmap)],
        dimension: Int,
        graphAbove: Int = VectorSegment.mostWithoutGraph,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> Segment {
        let slots = parts.flatMap { part in part.live.map { (part.segment, $0) } }
        return Segment(
            name: freshName(),
            keys: SegmentKeys(slots.map { $0.0.keys.values[$0.1] }),
            references: SegmentReferences(slots.lazy.map { $0.0.references[$0.1] }),
            lexical: LexicalSegment.merged(parts.map { ($0.segment.lexical, $0.live) }),
            vectors: try VectorSegment.merged(
                parts.map { ($0.segment.vectors, $0.live) },
                dimension: dimension,
                graphAbove: graphAbove,
                isCancelled: isCancelled
            ),
            metadata: MetadataColumns.merged(parts.map { ($0.segment.metadata, $0.live) })
        )
    }

    private static func freshName() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
