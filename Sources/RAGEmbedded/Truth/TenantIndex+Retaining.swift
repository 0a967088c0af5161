// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

extension TenantIndex {
    /// This index without the chunks whose keys are not among `keys`.
    ///
    /// For reconciling with the truth, where what went is known by its key only: its terms are read from the segments.
    func retaining(_ keys: Set<Int64>) -> TenantIndex {
        var result = self
        result.parts = parts.compactMap { part in
            var live = part.live
            for slot in part.live where !keys.contains(part.segment.keys.values[slot]) { live[slot] = false }
            if live.population == part.liveCount { return part }
            if live.isEmpty { return nil }
            var dead = live
            dead.invert()
            return Part(part.segment, live: live, deletedFrequencies: part.segment.lexical.documentFrequencies(in: dead))
        }
        return result
    }
}
