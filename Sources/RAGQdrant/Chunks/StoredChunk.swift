// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A chunk with its text and vector, as it becomes a point or came from one.
struct StoredChunk: Sendable {
    var chunk: Chunk
    var text: String
    var vector: [Float]

    static func id(of publication: String, _ ordinal: Int) -> PointID { PointID("chunk", publication, String(ordinal)) }

    /// The point of this chunk in a document whose head is, or is to become, `head`.
    func point(_ published: PublishedRevision, head: Head, terms: TenantTerms) -> PointWrite {
        let revision = published.revision
        var payload = head.key.payload
        payload[Field.name] = .string(head.key.id.rawValue)
        payload[Field.publication] = .string(published.publication)
        payload[Field.sequence] = .integer(Int64(head.sequence))
        payload[Field.writtenAt] = .number(WallClock.now)
        payload[Brief.field] = .string(
            Brief.chunk(
                head.key,
                publication: published.publication,
                sequence: head.sequence,
                revision: revision.number,
                ordinal: chunk.ordinal
            )
        )
        payload["revision"] = .integer(Int64(revision.number))
        payload["ordinal"] = .integer(Int64(chunk.ordinal))
        payload["start"] = .integer(Int64(chunk.range.lowerBound))
        payload["end"] = .integer(Int64(chunk.range.upperBound))
        payload["headings"] = .string(StoredJSON.encode(chunk.headingPath))
        if let page = chunk.page { payload["page"] = .integer(Int64(page)) }
        payload["text"] = .string(text)
        payload["hash"] = .string(revision.hash.rawValue)
        payload["metadata"] = .string(StoredJSON.encode(revision.metadata))
        if let title = revision.title { payload["title"] = .string(title) }
        if let url = revision.url { payload["url"] = .string(url) }
        payload.merge(MetadataFacts.payload(revision.metadata)) { $1 }
        let indexed = chunk.indexedText(title: revision.title, body: text)
        let id = Self.id(of: published.publication, chunk.ordinal)
        return PointWrite(id, dense: vector, terms: terms.weights(of: indexed), payload)
    }

    /// The payload fields that `init` and `passage` read.
    static let fields = [
        Field.tenant, Field.document, Field.publication, "revision", "ordinal", "start", "end", "headings", "text", "hash", "metadata",
        "title", "url", "page",
    ]

    init(chunk: Chunk, text: String, vector: [Float]) {
        self.chunk = chunk
        self.text = text
        self.vector = vector
    }

    /// A chunk that the server sent, with its vector.
    init(_ point: Point, dimension: Int) throws(RAGError) {
        guard let vector = point.dense(dimension: dimension) else { throw point.damaged(VectorName.dense) }
        self.init(chunk: try Chunk(point), text: try point.requiredString("text"), vector: vector)
    }
}

extension Chunk {
    fileprivate init(_ point: Point) throws(RAGError) {
        let start = try point.requiredInteger("start")
        let end = try point.requiredInteger("end")
        guard start >= 0, start < end else { throw point.damaged("start") }
        guard let headings = StoredJSON.headings(try point.requiredString("headings")) else { throw point.damaged("headings") }
        self.init(
            ordinal: try point.requiredInteger("ordinal"),
            range: start..<end,
            headingPath: headings,
            page: point.integer("page")
        )
    }
}

extension PassageText {
    /// The passage that a chunk's point holds.
    init(_ point: Point, _ reference: ChunkReference) throws(RAGError) {
        let chunk = try Chunk(point)
        guard let metadata = StoredJSON.metadata(try point.requiredString("metadata")) else { throw point.damaged("metadata") }
        self.init(
            chunk: reference,
            range: chunk.range,
            headingPath: chunk.headingPath,
            page: chunk.page,
            text: try point.requiredString("text"),
            hash: ContentHash(rawValue: try point.requiredString("hash")),
            title: point.string("title"),
            url: point.string("url"),
            metadata: metadata
        )
    }
}
