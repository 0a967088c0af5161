// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How `StructureAwareChunker` divides a text. Every value is part of the generation: a change means new chunks for all documents.
package struct ChunkingParameters: Sendable, Hashable {
    /// Tokens that a chunk is filled up to, title and heading path included; the model's own limit where that is lower.
    package var targetTokens: Int
    /// A section with fewer tokens is tiny: it shares a chunk with the section after it where both fit.
    package var minimumTokens: Int
    /// Headings of this level and above start a section.
    package var sectionLevel: Int
    /// Sentences of the chunk before that a chunk of the same section repeats where they fit.
    package var overlapSentences: Int
    /// Most bytes that pass for one token, so that what the model hardly sees (a long run of base64) is still cut to a readable size.
    package var bytesPerToken: Int

    package init(
        targetTokens: Int = 512,
        minimumTokens: Int = 32,
        sectionLevel: Int = 2,
        overlapSentences: Int = 0,
        bytesPerToken: Int = 16
    ) {
        self.targetTokens = max(1, targetTokens)
        self.minimumTokens = max(0, minimumTokens)
        self.sectionLevel = max(0, sectionLevel)
        self.overlapSentences = max(0, overlapSentences)
        self.bytesPerToken = max(1, bytesPerToken)
    }

    /// All of it in one stable string.
    var fingerprint: String {
        "target=\(targetTokens)/minimum=\(minimumTokens)/section=\(sectionLevel)/overlap=\(overlapSentences)/bytes=\(bytesPerToken)"
    }
}
