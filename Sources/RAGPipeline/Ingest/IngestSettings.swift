// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How documents are taken in.
package struct IngestSettings: Sendable, Hashable {
    /// Documents of one request that are worked on at a time.
    package var documentConcurrency: Int
    /// Special tokens that the model adds to every text.
    package var specialTokens: Int
    /// Most tokens of a title that are embedded with each chunk; the lexical index has the whole title.
    package var titleTokens: Int
    /// Texts that are handed to the model in one call.
    package var textsPerCall: Int
    /// Longest work on one document of the ingest log.
    package var documentTimeout: Duration

    package init(
        documentConcurrency: Int = 3,
        specialTokens: Int = 2,
        titleTokens: Int = 32,
        textsPerCall: Int = 128,
        documentTimeout: Duration = .seconds(600)
    ) {
        self.documentConcurrency = max(1, documentConcurrency)
        self.specialTokens = max(0, specialTokens)
        self.titleTokens = max(0, titleTokens)
        self.textsPerCall = max(1, textsPerCall)
        self.documentTimeout = documentTimeout
    }
}
