// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The point that decides what a document is. It moves only by conditional update on its sequence number, which never goes back.
struct Head: Sendable, Hashable {
    let key: DocumentKey
    /// Counts the changes of this document, withdrawals included.
    var sequence: Int
    /// What is visible; nil once the document was withdrawn.
    var current: PublishedRevision?
    /// How many revisions it has.
    var revisions: Int
    /// How many chunks the current publication has in each generation, by the generation's key.
    var chunks: [String: Int]

    /// A document that never was.
    init(none key: DocumentKey) {
        self.key = key
        sequence = 0
        current = nil
        revisions = 0
        chunks = [:]
    }

    init(_ point: Point, key: DocumentKey) throws(RAGError) {
        self.key = key
        sequence = try point.requiredInteger(Field.sequence)
        guard point.payload[Field.isAlive]?.bool == true else {
            (current, revisions, chunks) = (nil, 0, [:])
            return
        }
        current = try PublishedRevision(point, document: key.id)
        revisions = try point.requiredInteger("revisions")
        guard let counts = point.payload["chunks"]?.object else { throw point.damaged("chunks") }
        chunks = counts.compactMapValues { count in
            count.integer.flatMap { Int(exactly: $0) }.flatMap { (0...Point.mostParts).contains($0) ? $0 : nil }
        }
    }

    /// The head point of a withdrawn document holds nothing of it, not even its name.
    var point: PointWrite {
        var payload = key.payload
        payload[Field.kind] = .string(RecordKind.head.rawValue)
        payload[Field.sequence] = .integer(Int64(sequence))
        payload[Field.isAlive] = .bool(current != nil)
        payload[Field.writtenAt] = .number(WallClock.now)
        let publication = current?.publication
        let revision = current?.revision.number ?? 0
        payload[Brief.field] = .string(Brief.head(key, publication: publication, sequence: sequence, revision: revision))
        if let current {
            payload.merge(current.payload) { $1 }
            payload[Field.name] = .string(key.id.rawValue)
            payload["revisions"] = .integer(Int64(revisions))
            payload["chunks"] = .object(chunks.mapValues { .integer(Int64($0)) })
        }
        return PointWrite(key.head, payload)
    }

    /// The head without a document, as a withdrawal leaves it.
    var withdrawn: Head {
        var head = Head(none: key)
        head.sequence = sequence + 1
        return head
    }

    /// The document as readers see it; nil once it was withdrawn.
    func record(in generation: StoredGeneration, history: [Revision] = []) -> DocumentRecord? {
        current.map { current in
            DocumentRecord(
                current: current.revision,
                chunks: chunks[generation.key] ?? 0,
                // A document that was published for another generation only is to be published again.
                generation: chunks[generation.key] == nil ? "" : generation.generation.identifier,
                revisions: history
            )
        }
    }
}
