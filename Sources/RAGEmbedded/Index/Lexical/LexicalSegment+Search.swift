// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension LexicalSegment {
    /// Adds this segment's best live slots to `hits`: exactly those that scoring every slot would add, with the same scores.
    ///
    /// - Parameters:
    ///   - query: Weighted with the statistics of all live chunks.
    ///   - live: The slots that may be found; deletions and filters are the same here.
    ///   - hits: What earlier segments found; its threshold prunes this one too.
    ///   - segment: The number that the hits carry.
    package func search(_ query: LexicalQuery, live: Bitmap, into hits: inout TopHits, segment: Int) {
        precondition(live.count == slotCount, "the bitmap belongs to another segment")
        guard hits.limit > 0, slotCount > 0 else { return }
        withExtendedLifetime(self) {
            var cursors = query.terms.compactMap { LexicalCursor($0, in: columns) }
            guard !cursors.isEmpty else { return }
            let size = LexicalWindow.size
            live.withWords { words in
                cursors.withUnsafeMutableBufferPointer { cursors in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: size + cursors.count + 1) { floats in
                        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: size) { candidates in
                            guard let sums = floats.baseAddress, let candidates = candidates.baseAddress,
                                let words = words.baseAddress
                            else { return }
                            sums.initialize(repeating: 0, count: floats.count)
                            candidates.initialize(repeating: 0, count: size)
                            let search = LexicalWindow(
                                columns: columns,
                                query: query,
                                live: words,
                                cursors: cursors,
                                sums: sums,
                                rests: sums + size,
                                candidates: candidates,
                                isSparselyLive: live.population < slotCount / 8
                            )
                            search.run(into: &hits, segment: segment)
                        }
                    }
                }
            }
        }
    }
}
