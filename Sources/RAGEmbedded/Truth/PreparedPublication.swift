// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGText

/// A publication that was checked, with what its index entries need; made on the caller's side, so that the writer only writes.
struct PreparedPublication: Sendable {
    let publication: Publication
    /// One list per chunk.
    let terms: [[UInt64]]
    let createdAt: Double

    /// - Throws: `internal` if chunks, vectors and text do not fit together: that is the pipeline's defect, and nothing is written.
    init(_ publication: Publication, extractor: TermExtractor) throws(RAGError) {
        let chunks = publication.chunks
        guard !chunks.isEmpty else { throw RAGError(.unreadableDocument, "the document has nothing to index") }
        guard publication.vectors.count == chunks.count,
            publication.vectors.dimension == publication.generation.space.dimension
        else {
            throw RAGError(
                .internal,
                """
                \(chunks.count) chunks came with \(publication.vectors.count) vectors of dimension \(publication.vectors.dimension), \
                expected \(publication.generation.space.dimension)
                """
            )
        }
        var terms: [[UInt64]] = []
        terms.reserveCapacity(chunks.count)
        var text = publication.text
        text.makeContiguousUTF8()
        for (position, chunk) in chunks.enumerated() {
            guard chunk.ordinal == position, !chunk.range.isEmpty, let body = text.bytes(in: chunk.range) else {
                throw RAGError(.internal, "chunk \(position) of \(chunks.count) does not lie in the text or splits a character")
            }
            terms.append(extractor.terms(of: chunk.indexedText(title: publication.title, body: String(body))))
        }
        self.publication = publication
        self.terms = terms
        createdAt = Date().timeIntervalSince1970
    }

    /// The revision that this publication becomes.
    func revision(number: Int) -> Revision {
        Revision(
            document: publication.document,
            number: number,
            hash: publication.hash,
            createdAt: createdAt,
            title: publication.title,
            url: publication.url,
            metadata: publication.metadata,
            format: publication.format,
            length: publication.text.utf8.count
        )
    }
}
