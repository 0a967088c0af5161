// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Cuts texts into requests.
enum EmbeddingBatches {
    /// Ranges of `texts` in order, each of at least one text and within both limits where it has more.
    static func ranges(of texts: [String], texts limit: Int, tokens tokenLimit: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for (index, text) in texts.enumerated() {
            let count = TokenEstimate.count(text)
            if index > start, index - start >= limit || tokens + count > tokenLimit {
                ranges.append(start..<index)
                start = index
                tokens = 0
            }
            tokens += count
        }
        if start < texts.count { ranges.append(start..<texts.count) }
        return ranges
    }
}
