// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Segments that are to become one, as they were when the plan was made.
package struct MergePlan: Sendable {
    /// In the order in which their chunks go into the new segment.
    let parts: [TenantIndex.Part]
    let dimension: Int

    /// How many chunks the new segment will have.
    package var chunkCount: Int { parts.reduce(0) { $0 + $1.liveCount } }
}

/// Which segments are merged, and when.
///
/// Searches pay for every segment and for every chunk that no graph covers; merges pay for every chunk they touch. So small
/// segments are merged with others of their size, everything without a graph stays below what an exact scan does quickly, and
/// a graph takes in smaller ones only when they have become worth it.
struct MergePolicy: Sendable {
    /// Chunks without a graph above which they get one.
    var mostWithoutGraph = VectorSegment.mostWithoutGraph
    /// Segments of one size class that are merged.
    var segmentsPerClass = 6
    /// A segment of one class has at most this many times the chunks of the class below.
    var classFactor = 6
    /// Deleted share of a segment's slots above which it is rewritten.
    var mostDeleted = 0.25
    /// A graph is merged with what is new unless it is this many times as large.
    var graphFactor = 8

    /// What is to be merged next, or nil. With `forced`, whatever holds deleted chunks, a graph at a time.
    func plan(for index: TenantIndex, forced: Bool) -> MergePlan? {
        let chosen = forced ? purge(index.parts) : choose(index.parts)
        guard let chosen, !chosen.isEmpty else { return nil }
        return MergePlan(parts: Self.ordered(chosen), dimension: index.dimension)
    }

    private func purge(_ parts: [TenantIndex.Part]) -> [TenantIndex.Part]? {
        let tainted = parts.filter { $0.deletedCount > 0 }
        if let graph = tainted.first(where: \.segment.vectors.hasGraph) { return [graph] }
        return tainted
    }

    private func choose(_ parts: [TenantIndex.Part]) -> [TenantIndex.Part]? {
        let flat = parts.filter { !$0.segment.vectors.hasGraph }
        let slots = flat.reduce(0) { $0 + $1.segment.count }
        if slots > mostWithoutGraph { return flat + graphs(in: parts, worth: slots) }
        if let wasteful = parts.first(where: { isWasteful($0) }) { return [wasteful] }
        for members in Dictionary(grouping: flat, by: { sizeClass(of: $0.segment.count) }).sorted(by: { $0.key < $1.key }) {
            if members.value.count >= segmentsPerClass { return members.value }
        }
        return nil
    }

    private func isWasteful(_ part: TenantIndex.Part) -> Bool {
        Double(part.deletedCount) > mostDeleted * Double(part.segment.count)
    }

    /// The graphs that are not much larger than what is merged anyway, smallest first.
    private func graphs(in parts: [TenantIndex.Part], worth slots: Int) -> [TenantIndex.Part] {
        var total = slots
        var chosen: [TenantIndex.Part] = []
        let graphs = parts.filter(\.segment.vectors.hasGraph).sorted { $0.liveCount < $1.liveCount }
        for graph in graphs where graph.liveCount / graphFactor <= total {
            chosen.append(graph)
            total += graph.liveCount
        }
        return chosen
    }

    private func sizeClass(of count: Int) -> Int {
        var size = classFactor
        var result = 0
        while size < count {
            size *= classFactor
            result += 1
        }
        return result
    }

    /// The largest graph goes first, because a merge can go on from it.
    private static func ordered(_ parts: [TenantIndex.Part]) -> [TenantIndex.Part] {
        let graphs = parts.indices.filter { parts[$0].segment.vectors.hasGraph }
        guard let base = graphs.max(by: { parts[$0].liveCount < parts[$1].liveCount }) else { return parts }
        return [parts[base]] + parts.indices.filter { $0 != base }.map { parts[$0] }
    }
}
