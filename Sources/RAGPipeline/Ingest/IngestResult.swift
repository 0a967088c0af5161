// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// What became of one document of a request.
package struct IngestResult: Sendable {
    package var id: DocumentID
    package var status: PublishStatus
    package var revision: Int?
    package var hash: ContentHash?
    package var chunks: Int
    package var error: RAGError?
    /// What the indexed text lacks of the document, each a sentence.
    package var warnings: [String]

    package init(
        id: DocumentID,
        status: PublishStatus,
        revision: Int? = nil,
        hash: ContentHash? = nil,
        chunks: Int = 0,
        error: RAGError? = nil,
        warnings: [String] = []
    ) {
        self.id = id
        self.status = status
        self.revision = revision
        self.hash = hash
        self.chunks = chunks
        self.error = error
        self.warnings = warnings
    }
}

/// What became of a request's documents, in the order they were sent.
package struct IngestReply: Sendable {
    package var results: [IngestResult]
    package var timings: StageTimings

    package init(results: [IngestResult], timings: StageTimings) {
        self.results = results
        self.timings = timings
    }
}
