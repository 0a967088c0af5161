// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Divides a canonical text into chunks. Pure: equal input, equal chunks.
public protocol Chunker: Sendable {
    /// Name, version and parameters in one stable string: part of the generation.
    var fingerprint: String { get }

    /// Chunks in order that leave nothing but white space uncovered, none with more than `budget` tokens.
    ///
    /// - Parameters:
    ///   - text: Canonical text.
    ///   - blocks: Its structure.
    ///   - tokens: Where the model's tokens lie in it.
    ///   - title: The document's title, which is embedded with every chunk.
    ///   - budget: Most tokens of a chunk's indexed text (title and heading path included), special tokens left out.
    ///   - count: Counts the model's tokens of a short text (a title, a heading path); never undercounts.
    func chunks(
        of text: String,
        blocks: [TextBlock],
        tokens: TokenSpans,
        title: String?,
        budget: Int,
        count: (String) -> Int
    ) -> [Chunk]
}
