// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Hands out ranked candidates in portions, at most one per document where they are grouped.
struct CandidateOrder {
    private let ranked: [Fusion.Ranked]
    private let isGrouped: Bool
    private var position = 0
    private var seen: Set<DocumentID> = []

    init(_ ranked: [Fusion.Ranked], grouped: Bool) {
        self.ranked = ranked
        isGrouped = grouped
    }

    /// The next `count`, fewer only at the end.
    mutating func next(_ count: Int) -> [Fusion.Ranked] {
        var portion: [Fusion.Ranked] = []
        portion.reserveCapacity(min(count, ranked.count - position))
        while portion.count < count, position < ranked.count {
            let entry = ranked[position]
            position += 1
            if !isGrouped || seen.insert(entry.hit.chunk.document).inserted { portion.append(entry) }
        }
        return portion
    }
}
