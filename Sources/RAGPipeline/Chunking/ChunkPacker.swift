// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Fills chunks with pieces, in order.
struct ChunkPacker {
    let source: CanonicalBytes
    let budget: ChunkBudget
    let parameters: ChunkingParameters
    let splitter: BlockSplitter

    /// The chunks of a text, `pieces` being all of it but white space.
    func chunks(of pieces: [ChunkPiece]) -> [Chunk] {
        var chunks: [Chunk] = []
        for section in sections(of: pieces) { pack(section, into: &chunks) }
        return chunks
    }

    /// Pieces by section. A tiny section shares with the one after it if both fit in one chunk, a tiny last one with the one before;
    /// headings that nothing stands under go with what follows.
    private func sections(of pieces: [ChunkPiece]) -> [[ChunkPiece]] {
        var sections: [[ChunkPiece]] = []
        for piece in pieces {
            if case .heading(let level) = piece.kind, level <= parameters.sectionLevel { sections.append([]) }
            if sections.isEmpty { sections.append([]) }
            sections[sections.count - 1].append(piece)
        }
        var merged: [[ChunkPiece]] = []
        for (index, section) in sections.enumerated() {
            if let last = merged.last {
                let isEmpty = last.allSatisfy(\.isHeading)
                let isTiny = weight(last) < parameters.minimumTokens
                let isTinyEnd = index == sections.count - 1 && weight(section) < parameters.minimumTokens
                if isEmpty || ((isTiny || isTinyEnd) && weight(last + section) <= capacity(of: last)) {
                    merged[merged.count - 1] += section
                    continue
                }
            }
            merged.append(section)
        }
        return merged
    }

    /// Fills as few chunks as a section needs, each with about its even share, so that no scrap is left at the end.
    private func pack(_ section: [ChunkPiece], into chunks: inout [Chunk]) {
        var pieces = section.flatMap { splitter.fitted($0, capacity: budget.frame(for: $0.headingPath).capacity) }
        var start = 0
        var previous: Range<Int>?
        while start < pieces.count {
            let frame = budget.frame(for: pieces[start].headingPath)
            let end = chunkEnd(from: start, in: pieces, capacity: frame.capacity)
            if end < pieces.count, pieces[start..<end].allSatisfy(\.isHeading) {
                // A heading on its own says nothing: what follows is cut finer until some of it fits beside the heading.
                let room = frame.capacity - budget.weight(pieces[start].range.lowerBound..<pieces[end - 1].range.upperBound)
                let finer = splitter.divided(pieces[end], share: max(1, room / 2))
                if room > 0, finer.count > 1 {
                    pieces.replaceSubrange(end...end, with: finer)
                    continue
                }
            }
            var range = pieces[start].range.lowerBound..<pieces[end - 1].range.upperBound
            if let previous { range = overlapping(range, after: previous, capacity: frame.capacity) }
            chunks.append(Chunk(ordinal: chunks.count, range: range, headingPath: frame.headingPath))
            previous = range
            start = end
        }
    }

    /// The index after the last piece of the chunk that begins at `start`.
    private func chunkEnd(from start: Int, in pieces: [ChunkPiece], capacity: Int) -> Int {
        let lower = pieces[start].range.lowerBound
        let remaining = budget.weight(lower..<pieces[pieces.count - 1].range.upperBound)
        guard remaining > capacity else { return pieces.count }
        let parts = (remaining + capacity - 1) / capacity
        let share = (remaining + parts - 1) / parts
        var end = start + 1
        var filled = budget.weight(pieces[start].range)
        var onlyHeadings = pieces[start].isHeading
        while end < pieces.count {
            let next = budget.weight(lower..<pieces[end].range.upperBound)
            guard next <= capacity else { break }
            if !onlyHeadings, filled >= share || next - share > share - filled { break }
            filled = next
            onlyHeadings = onlyHeadings && pieces[end].isHeading
            end += 1
        }
        // A heading goes with what stands under it.
        var kept = end
        while kept > start + 1, pieces[kept - 1].isHeading { kept -= 1 }
        return pieces[start..<kept].allSatisfy(\.isHeading) ? end : kept
    }

    /// `range` with the last sentences of the chunk before it, as many as are asked for and fit.
    private func overlapping(_ range: Range<Int>, after previous: Range<Int>, capacity: Int) -> Range<Int> {
        guard parameters.overlapSentences > 0 else { return range }
        var best = range
        for start in splitter.sentenceStarts(in: previous).suffix(parameters.overlapSentences).reversed() {
            // A chunk that repeated all of the one before would only compete with it.
            guard start > previous.lowerBound else { break }
            let wider = start..<range.upperBound
            guard budget.weight(wider) <= capacity else { break }
            best = wider
        }
        return best
    }

    private func weight(_ pieces: [ChunkPiece]) -> Int {
        guard let first = pieces.first, let last = pieces.last else { return 0 }
        return budget.weight(first.range.lowerBound..<last.range.upperBound)
    }

    private func capacity(of pieces: [ChunkPiece]) -> Int { budget.frame(for: pieces.first?.headingPath ?? []).capacity }
}
