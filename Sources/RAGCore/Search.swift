// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Which of the two searches a query uses.
public enum SearchMode: String, Sendable, Hashable, CaseIterable {
    case hybrid
    case dense
    case lexical
}

/// A search in one tenant's documents.
public struct SearchRequest: Sendable {
    /// The query's vector, `dimension` floats of length 1; nil leaves the dense search out.
    public var vector: [Float]?
    /// The query's text; nil leaves the lexical search out.
    public var text: String?
    public var filter: Filter?
    /// Most hits of each kind.
    public var limit: Int
    public var deadline: Deadline

    public init(vector: [Float]? = nil, text: String? = nil, filter: Filter? = nil, limit: Int, deadline: Deadline) {
        self.vector = vector
        self.text = text
        self.filter = filter
        self.limit = limit
        self.deadline = deadline
    }
}

/// A chunk that was found, with the raw scores of the searches.
///
/// Where both searches ran, a store fills in both scores of every hit as exactly as it can, so that fusion compares like with like.
public struct Hit: Sendable, Hashable {
    public var chunk: ChunkReference
    /// Cosine similarity, -1 to 1; nil where the dense search did not run.
    public var dense: Float?
    /// BM25 score, 0 or more; nil where the lexical search did not run. 0 means no term in common.
    public var lexical: Float?

    public init(chunk: ChunkReference, dense: Float? = nil, lexical: Float? = nil) {
        self.chunk = chunk
        self.dense = dense
        self.lexical = lexical
    }
}

/// What a search found.
public struct SearchResponse: Sendable {
    /// The union of the dense and the lexical hits, without duplicates, in no particular order.
    public var hits: [Hit]
    /// How much of the query the best lexical hit holds: its share of the query's distinct terms, weighted by rarity (0 to 1); nil
    /// where the lexical search did not run. Low means that no passage speaks of it.
    public var termCoverage: Float?
    /// The lexical score that no chunk exceeds: every term of the question as often as can be, and one more that is as rare as can be; nil
    /// where the lexical search did not run. A score divided by it can be compared between questions.
    public var lexicalCeiling: Float?
    /// What was left out and why, in the words of the `degraded` field.
    public var degraded: [String]

    public init(hits: [Hit] = [], termCoverage: Float? = nil, lexicalCeiling: Float? = nil, degraded: [String] = []) {
        self.hits = hits
        self.termCoverage = termCoverage
        self.lexicalCeiling = lexicalCeiling
        self.degraded = degraded
    }
}

/// A chunk's text and what it belongs to, read from the stored revision.
public struct PassageText: Sendable, Hashable {
    public var chunk: ChunkReference
    public var range: Range<Int>
    public var headingPath: [String]
    /// The page on which the chunk begins, from 1; nil in a text without pages.
    public var page: Int?
    public var text: String
    public var hash: ContentHash
    public var title: String?
    public var url: String?
    public var metadata: Metadata

    public init(
        chunk: ChunkReference,
        range: Range<Int>,
        headingPath: [String],
        page: Int? = nil,
        text: String,
        hash: ContentHash,
        title: String?,
        url: String?,
        metadata: Metadata
    ) {
        self.chunk = chunk
        self.range = range
        self.headingPath = headingPath
        self.page = page
        self.text = text
        self.hash = hash
        self.title = title
        self.url = url
        self.metadata = metadata
    }
}

/// How good a passage is for a query, raw and fused.
public struct PassageScores: Sendable, Hashable {
    public var dense: Float?
    public var lexical: Float?
    /// 0 to 1 within one result; says nothing across queries.
    public var fused: Float
    public var rerank: Float?

    public init(dense: Float? = nil, lexical: Float? = nil, fused: Float, rerank: Float? = nil) {
        self.dense = dense
        self.lexical = lexical
        self.fused = fused
        self.rerank = rerank
    }
}

/// A hit with its text, as given to the generator and to the caller.
public struct Passage: Sendable, Hashable {
    /// 1 for the best.
    public var rank: Int
    public var source: PassageText
    public var scores: PassageScores

    public init(rank: Int, source: PassageText, scores: PassageScores) {
        self.rank = rank
        self.source = source
        self.scores = scores
    }
}

/// A quote that stands at a byte range of a stored revision, and the verdict on whether it supports the sentence that cites it.
public struct Citation: Sendable, Hashable {
    /// The number in the answer, as in `[1]`.
    public var marker: Int
    public var document: DocumentID
    public var revision: Int
    public var hash: ContentHash
    public var range: Range<Int>
    public var quote: String
    public var verified: Bool
    public var title: String?
    public var url: String?
    /// Where in the document, for people: `§ Retry policy`.
    public var location: String?

    public init(
        marker: Int,
        document: DocumentID,
        revision: Int,
        hash: ContentHash,
        range: Range<Int>,
        quote: String,
        verified: Bool,
        title: String?,
        url: String?,
        location: String?
    ) {
        self.marker = marker
        self.document = document
        self.revision = revision
        self.hash = hash
        self.range = range
        self.quote = quote
        self.verified = verified
        self.title = title
        self.url = url
        self.location = location
    }
}
