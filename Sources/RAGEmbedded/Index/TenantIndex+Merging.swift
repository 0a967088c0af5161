// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension TenantIndex {
    /// What should be merged next, or nil if nothing needs it. Call it again after every merge.
    ///
    /// - Parameter forced: Leaves nothing deleted in memory: once it gives nil, no segment holds a deleted chunk.
    package func mergeCandidates(forced: Bool = false) -> MergePlan? {
        MergePolicy().plan(for: self, forced: forced)
    }

    /// Carries a plan out; takes up to minutes of one processor, and asks often whether it is cancelled.
    /// - Throws: `cancelled`, or `internal` for lack of memory.
    package static func merge(
        _ plan: MergePlan,
        graphAbove: Int = VectorSegment.mostWithoutGraph,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws(RAGError) -> Segment {
        guard plan.chunkCount > 0 else { return Segment.build([], dimension: plan.dimension) }
        return try Segment.merged(
            plan.parts.map { ($0.segment, $0.live) },
            dimension: plan.dimension,
            graphAbove: graphAbove,
            isCancelled: isCancelled
        )
    }

    /// This index with the plan's segments replaced by `merged`, less what was deleted since the plan was made.
    package func replacing(_ plan: MergePlan, with merged: Segment) -> TenantIndex {
        var live = Bitmap(count: merged.count, filled: true)
        var frequencies: [UInt64: Int32] = [:]
        var isComplete = true
        for planned in plan.parts {
            let current = parts.first { $0.segment === planned.segment }
            var deleted = planned.live
            if let current {
                deleted.andNot(current.live)
                for (term, count) in current.deletedFrequencies {
                    let difference = count - (planned.deletedFrequencies[term] ?? 0)
                    if difference > 0 { frequencies[term, default: 0] += difference }
                }
            } else {
                isComplete = false
            }
            for slot in deleted {
                if let place = merged.keys.slot(of: planned.segment.keys.values[slot]) { live[place] = false }
            }
        }
        if !isComplete {
            // What was deleted from a segment that is gone altogether is known from the terms only.
            var dead = live
            dead.invert()
            frequencies = merged.lexical.documentFrequencies(in: dead)
        }
        var result = self
        result.parts.removeAll { part in plan.parts.contains { $0.segment === part.segment } }
        if !live.isEmpty {
            result.parts.insert(Part(merged, live: live, deletedFrequencies: frequencies), at: 0)
        }
        return result
    }
}
