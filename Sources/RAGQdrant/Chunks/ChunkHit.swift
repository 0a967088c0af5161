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
    let publication: String
    let sequence: Int
    let reference: ChunkReference
    /// Read only where a filter has to be checked.
    let metadata: Metadata?
    var dense: Float?
    var lexical: Float?

    static let fields = [Field.tenant, Field.document, Field.name, Field.publication, Field.sequence, "revision", "ordinal"]

    init(_ point: Point) throws(RAGError) {
        id = point.id
        document = PointID(stored: try point.requiredString(Field.document))
        publication = try point.requiredString(Field.publication)
        sequence = try point.requiredInteger(Field.sequence)
        reference = ChunkReference(
            document: DocumentID(stored: try point.requiredString(Field.name)),
            revision: try point.requiredInteger("revision"),
            ordinal: try point.requiredInteger("ordinal")
        )
        metadata = point.string("metadata").flatMap { StoredJSON.metadata($0) }
    }
}
