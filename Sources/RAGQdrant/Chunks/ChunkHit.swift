// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A chunk that a query found, before anyone has looked whether it is current.
struct ChunkHit: Sendable {
    let id: PointID
    /// The head of its document.
    let document: PointID
    let publication: PointID
    let sequence: Int
    let reference: ChunkReference
    /// Read only where a filter has to be checked.
    let metadata: Metadata?
    var dense: Float?
    var lexical: Float?

    /// - Throws: `corrupt` if the point is not one that this program wrote.
    /// - Returns: Nil if it belongs to another tenant.
    init?(_ point: FoundPoint, tenant: String) throws(RAGError) {
        var rest = point.brief[...]
        guard let owner = Brief.word(&rest) else { throw Self.damaged }
        guard owner.elementsEqual(tenant.utf8) else { return nil }
        guard let id = point.id, let document = Brief.word(&rest).flatMap({ PointID($0) }),
            let publication = Brief.word(&rest).flatMap({ PointID($0) }), let sequence = Brief.word(&rest).flatMap({ Brief.number($0) }),
            let revision = Brief.word(&rest).flatMap({ Brief.number($0) }), let ordinal = Brief.word(&rest).flatMap({ Brief.number($0) })
        else { throw Self.damaged }
        self.id = id
        self.document = document
        self.publication = publication
        self.sequence = sequence
        reference = ChunkReference(
            document: DocumentID(stored: String(decoding: rest, as: UTF8.self)),
            revision: revision,
            ordinal: ordinal
        )
        metadata = point.metadata.flatMap { StoredJSON.metadata($0) }
    }

    private static var damaged: RAGError {
        RAGError(.corrupt, "a chunk in qdrant cannot be read; restore the collection from a snapshot")
    }
}
