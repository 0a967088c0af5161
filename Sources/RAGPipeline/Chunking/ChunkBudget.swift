// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a stretch of text costs, and how much room a chunk has under its headings.
struct ChunkBudget {
    /// What stands above a chunk, and the tokens that are left for its text.
    struct Frame {
        var headingPath: [String]
        var capacity: Int
    }

    private let tokens: TokenSpans
    private let bytesPerToken: Int
    private let frames: [[String]: Frame]
    private let bare: Frame

    /// - Parameter limit: Most tokens of a chunk's indexed text.
    init(
        tokens: TokenSpans,
        limit: Int,
        bytesPerToken: Int,
        title: String?,
        paths: some Sequence<[String]>,
        count: (String) -> Int
    ) {
        self.tokens = tokens
        self.bytesPerToken = bytesPerToken
        var known: [String: Int] = [:]
        func cost(_ part: String) -> Int {
            if let tokens = known[part] { return tokens }
            let tokens = count(part)
            known[part] = tokens
            return tokens
        }
        func prefixCost(_ path: [String]) -> Int {
            var parts: [String] = []
            if let title, !title.isEmpty { parts.append(title) }
            for heading in path where heading != parts.last { parts.append(heading) }
            guard !parts.isEmpty else { return 0 }
            return parts.reduce(0) { $0 + cost($1) } + (parts.count - 1) * cost(Self.separator) + cost(Self.lineEnd)
        }
        func frame(_ path: [String]) -> Frame {
            var kept = path.filter { !$0.isEmpty }
            while !kept.isEmpty, prefixCost(kept) > limit / 2 { kept.removeFirst() }
            return Frame(headingPath: kept, capacity: max(1, limit - prefixCost(kept)))
        }
        var frames: [[String]: Frame] = [:]
        for path in paths where frames[path] == nil { frames[path] = frame(path) }
        self.frames = frames
        bare = frame([])
    }

    /// What `Chunk.indexedText` puts between the parts of a prefix, and after it.
    static let separator = " > "
    static let lineEnd = "\n"

    /// The prefix for a chunk under `path`. A path that would take more than half of the room loses its outermost headings.
    func frame(for path: [String]) -> Frame { frames[path] ?? bare }

    /// Tokens that lie in `range`, wholly or in part, or its bytes where those are far more than the tokens tell.
    func weight(_ range: Range<Int>) -> Int {
        let first = Self.firstIndex(in: tokens.ends) { $0 > range.lowerBound }
        let last = Self.firstIndex(in: tokens.starts) { $0 >= range.upperBound }
        return max(last - first, (range.count + bytesPerToken - 1) / bytesPerToken)
    }

    /// The first index of an ascending list whose value meets the condition.
    private static func firstIndex(in values: [Int], where meets: (Int) -> Bool) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = low + (high - low) / 2
            if meets(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
