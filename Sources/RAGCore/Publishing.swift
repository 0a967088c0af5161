// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A revision to make visible, with everything that finding it needs.
public struct Publication: Sendable {
    public var document: DocumentID
    public var hash: ContentHash
    /// Canonical text.
    public var text: String
    public var format: TextFormat
    public var title: String?
    public var url: String?
    public var metadata: Metadata
    /// The generation that chunks and vectors belong to.
    public var generation: Generation
    public var chunks: [Chunk]
    /// One row per chunk, in the same order.
    public var vectors: EmbeddingMatrix

    public init(
        document: DocumentID,
        hash: ContentHash,
        text: String,
        format: TextFormat,
        title: String?,
        url: String?,
        metadata: Metadata,
        generation: Generation,
        chunks: [Chunk],
        vectors: EmbeddingMatrix
    ) {
        self.document = document
        self.hash = hash
        self.text = text
        self.format = format
        self.title = title
        self.url = url
        self.metadata = metadata
        self.generation = generation
        self.chunks = chunks
        self.vectors = vectors
    }
}

/// What became of a document.
public enum PublishStatus: String, Sendable, Hashable {
    /// A new revision is visible.
    case indexed
    /// Only title, url or metadata changed: a new revision with the old vectors where the title is the same.
    case updated
    /// Nothing changed; nothing was written.
    case unchanged
    case failed
}

/// What a publish made visible.
public struct PublishOutcome: Sendable, Hashable {
    public var status: PublishStatus
    public var revision: Int
    public var hash: ContentHash
    public var chunks: Int

    public init(status: PublishStatus, revision: Int, hash: ContentHash, chunks: Int) {
        self.status = status
        self.revision = revision
        self.hash = hash
        self.chunks = chunks
    }
}

/// Proof by reading back that a document can no longer be reached.
public struct Withdrawal: Sendable, Hashable {
    /// A count of what is still reachable, or `pending` where it could not be asked yet.
    public enum Remaining: Sendable, Hashable {
        case count(Int)
        case pending
    }

    public var document: DocumentID
    /// How many revisions and chunks there were.
    public var revisions: Int
    public var chunks: Int
    /// What can still be reached, counted after the commit: texts, vectors, lexical entries, cached entries.
    public var text: Remaining
    public var vectors: Remaining
    public var terms: Remaining
    public var cache: Remaining

    public init(
        document: DocumentID,
        revisions: Int,
        chunks: Int,
        text: Remaining,
        vectors: Remaining,
        terms: Remaining,
        cache: Remaining
    ) {
        self.document = document
        self.revisions = revisions
        self.chunks = chunks
        self.text = text
        self.vectors = vectors
        self.terms = terms
        self.cache = cache
    }
}

/// A page of a tenant's documents, by id.
public struct DocumentPage: Sendable {
    public var documents: [DocumentRecord]
    /// Pass it as `after` for the next page; nil on the last.
    public var next: DocumentID?

    public init(documents: [DocumentRecord], next: DocumentID?) {
        self.documents = documents
        self.next = next
    }
}

/// What a store holds.
public struct StoreStatistics: Sendable, Hashable {
    public var tenants: Int
    public var documents: Int
    public var revisions: Int
    public var chunks: Int
    /// Bytes on disk.
    public var bytes: Int

    public init(tenants: Int, documents: Int, revisions: Int, chunks: Int, bytes: Int) {
        self.tenants = tenants
        self.documents = documents
        self.revisions = revisions
        self.chunks = chunks
        self.bytes = bytes
    }
}

/// What a check of a store against itself found.
public struct VerificationReport: Sendable, Hashable {
    public var documents: Int
    public var chunks: Int
    /// One sentence per fault; empty means sound.
    public var faults: [String]

    public init(documents: Int, chunks: Int, faults: [String]) {
        self.documents = documents
        self.chunks = chunks
        self.faults = faults
    }
}
