// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Which chunk of which revision each slot is; documents are stored once.
struct SegmentReferences: Sendable {
    private var documents: [DocumentID] = []
    private var documentIndexes: [UInt32] = []
    private var revisions: [Int64] = []
    private var ordinals: [Int32] = []

    init(_ references: some Sequence<ChunkReference>) {
        var known: [DocumentID: UInt32] = [:]
        for reference in references {
            let index = known[reference.document] ?? UInt32(documents.count)
            if index == documents.count {
                known[reference.document] = index
                documents.append(reference.document)
            }
            documentIndexes.append(index)
            revisions.append(Int64(reference.revision))
            ordinals.append(Int32(clamping: reference.ordinal))
        }
    }

    var count: Int { documentIndexes.count }

    subscript(slot: Int) -> ChunkReference {
        ChunkReference(
            document: documents[Int(documentIndexes[slot])],
            revision: Int(revisions[slot]),
            ordinal: Int(ordinals[slot])
        )
    }

    func encode(into encoder: inout SegmentEncoder) {
        encoder.append(UInt64(documents.count))
        for document in documents { encoder.append(document.rawValue) }
        encoder.append(documentIndexes)
        encoder.append(revisions)
        encoder.append(ordinals)
    }

    /// - Throws: `corrupt` if the bytes are not what `encode` wrote.
    init(decoding decoder: inout SegmentDecoder) throws(RAGError) {
        let count = try decoder.readCount(elementSize: MemoryLayout<UInt32>.size)
        documents.reserveCapacity(count)
        for _ in 0..<count { documents.append(DocumentID(stored: try decoder.readString())) }
        documentIndexes = try decoder.readArray(UInt32.self)
        revisions = try decoder.readArray(Int64.self)
        ordinals = try decoder.readArray(Int32.self)
        guard documentIndexes.allSatisfy({ $0 < documents.count }), revisions.count == documentIndexes.count,
            ordinals.count == documentIndexes.count
        else { throw SegmentDecoder.damaged }
    }
}
