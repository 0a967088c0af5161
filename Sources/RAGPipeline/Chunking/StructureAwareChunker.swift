// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Divides a text along its structure: sections, then blocks, and only where a block is too large its sentences, lines, words
/// or characters.
///
/// A chunk is one contiguous byte range without white space at its ends. Its heading path is that of its first block; a path
/// whose tokens would take more than half of the budget loses its outermost headings.
package struct StructureAwareChunker: Chunker {
    private let parameters: ChunkingParameters

    package init(_ parameters: ChunkingParameters = ChunkingParameters()) { self.parameters = parameters }

    package var fingerprint: String { "structure-2/\(parameters.fingerprint)" }

    package func chunks(
        of text: String,
        blocks: [TextBlock],
        tokens: TokenSpans,
        title: String?,
        budget: Int,
        count: (String) -> Int
    ) -> [Chunk] {
        let source = CanonicalBytes(text)
        let pieces = pieces(of: source, blocks: blocks)
        guard !pieces.isEmpty else { return [] }
        let budget = ChunkBudget(
            tokens: tokens,
            limit: max(1, min(budget, parameters.targetTokens)),
            bytesPerToken: parameters.bytesPerToken,
            title: title,
            paths: pieces.lazy.map(\.headingPath),
            count: count
        )
        let splitter = BlockSplitter(source: source, budget: budget)
        return ChunkPacker(source: source, budget: budget, parameters: parameters, splitter: splitter).chunks(of: pieces)
    }

    /// The blocks as pieces, trimmed; text that no block covers becomes a paragraph under the headings of the block before it, so
    /// that a loader's omission cannot lose text.
    private func pieces(of source: CanonicalBytes, blocks: [TextBlock]) -> [ChunkPiece] {
        var pieces: [ChunkPiece] = []
        var covered = 0
        func append(_ range: Range<Int>, _ kind: TextBlock.Kind, under path: [String]) {
            let trimmed = source.trimmed(range)
            guard !trimmed.isEmpty else { return }
            var isHeading = false
            if case .heading = kind { isHeading = true }
            pieces.append(ChunkPiece(range: trimmed, headingPath: path, kind: kind, isHeading: isHeading))
        }
        for block in blocks.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            let lower = max(covered, source.border(atOrBefore: block.range.lowerBound))
            let upper = source.border(atOrBefore: block.range.upperBound)
            guard lower < upper else { continue }
            append(covered..<lower, .paragraph, under: pieces.last?.headingPath ?? [])
            append(lower..<upper, block.kind, under: block.headingPath)
            covered = upper
        }
        append(covered..<source.count, .paragraph, under: pieces.last?.headingPath ?? [])
        return pieces
    }
}
