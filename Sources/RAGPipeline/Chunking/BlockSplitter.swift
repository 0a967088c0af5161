// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGText

/// A stretch of text that chunks are packed from.
struct ChunkPiece {
    var range: Range<Int>
    var headingPath: [String]
    var kind: TextBlock.Kind
    /// Whether the piece is a whole heading.
    var isHeading: Bool
    /// How many of its kind's cuts were tried already.
    var cutsUsed = 0
}

/// Cuts pieces that are too large where it hurts least.
struct BlockSplitter {
    /// Where a piece may be cut, best first.
    private enum Cut {
        case sentence
        case line
        case word
        case character
        case scalar
    }

    private static let prose: [Cut] = [.sentence, .line, .word, .character, .scalar]
    private static let rows: [Cut] = [.line, .word, .character, .scalar]

    let source: CanonicalBytes
    let budget: ChunkBudget

    /// Pieces of `piece` in order, each within `capacity` tokens unless it is a single scalar; only `piece` itself if it fits.
    func fitted(_ piece: ChunkPiece, capacity: Int) -> [ChunkPiece] {
        guard budget.weight(piece.range) > capacity else { return [piece] }
        let parts = divided(piece, share: max(1, capacity / 8))
        guard parts.count > 1 else { return parts }
        return parts.flatMap { fitted($0, capacity: capacity) }
    }

    /// `piece` at the best cut that divides it at all; words and characters are gathered to runs of up to `share` tokens.
    func divided(_ piece: ChunkPiece, share: Int) -> [ChunkPiece] {
        let cuts = piece.kind == .code || piece.kind == .table ? Self.rows : Self.prose
        var used = piece.cutsUsed
        while used < cuts.count {
            let ranges = ranges(of: piece.range, at: cuts[used], share: share)
            used += 1
            guard ranges.count > 1 else { continue }
            return ranges.map { range in
                ChunkPiece(range: range, headingPath: piece.headingPath, kind: piece.kind, isHeading: false, cutsUsed: used)
            }
        }
        return [piece]
    }

    /// First bytes of the sentences in `range`.
    func sentenceStarts(in range: Range<Int>) -> [Int] {
        SentenceSplitter().sentences(in: source.string(range))
            .map { source.border(atOrBefore: range.lowerBound + $0.lowerBound) }
            .filter { range.contains($0) }
    }

    private func ranges(of range: Range<Int>, at cut: Cut, share: Int) -> [Range<Int>] {
        switch cut {
        case .sentence: ranges(of: range, startingAt: sentenceStarts(in: range))
        case .line: runs(of: range, share: 0) { source.lineEnd(after: $0, before: range.upperBound) }
        case .word: runs(of: range, share: share) { source.wordEnd(after: $0, before: range.upperBound) }
        case .character: runs(of: range, share: share) { source.characterEnd(after: $0, before: range.upperBound) }
        case .scalar: runs(of: range, share: share) { source.scalarEnd(after: $0, before: range.upperBound) }
        }
    }

    /// `range` cut before each of `starts`: what lies between two sentences stays with the first, so nothing is lost.
    private func ranges(of range: Range<Int>, startingAt starts: [Int]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var lower = range.lowerBound
        for start in starts where start > lower {
            append(lower..<start, to: &result)
            lower = start
        }
        append(lower..<range.upperBound, to: &result)
        return result
    }

    /// `range` in steps of `next`, as many in a run as weigh up to `share`.
    private func runs(of range: Range<Int>, share: Int, next: (Int) -> Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var lower = range.lowerBound
        var upper = lower
        while upper < range.upperBound {
            let step = max(next(upper), upper + 1)
            if upper > lower, budget.weight(lower..<step) > share {
                append(lower..<upper, to: &result)
                lower = upper
            }
            upper = step
        }
        append(lower..<range.upperBound, to: &result)
        return result
    }

    private func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        let trimmed = source.trimmed(range)
        if !trimmed.isEmpty { ranges.append(trimmed) }
    }
}
