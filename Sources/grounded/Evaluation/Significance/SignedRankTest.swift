// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// Wilcoxon's signed-rank test by the normal approximation with ties corrected; pairs that do not differ are left out.
enum SignedRankTest {
    /// The two-sided p-value; 1 where no pair differs.
    static func pValue(_ differences: [Double]) -> Double {
        let moved = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
        guard !moved.isEmpty else { return 1 }
        let count = Double(moved.count)
        var positive = 0.0
        var ties = 0.0
        var start = 0
        while start < moved.count {
            var end = start + 1
            while end < moved.count, abs(moved[end]) == abs(moved[start]) { end += 1 }
            let size = Double(end - start)
            // Equal differences share the mean of their ranks.
            let rank = Double(start + end + 1) / 2
            positive += rank * Double(moved[start..<end].count { $0 > 0 })
            ties += size * size * size - size
            start = end
        }
        let total = count * (count + 1) / 2
        let smaller = min(positive, total - positive)
        let variance = (count * (count + 1) * (2 * count + 1) - ties / 2) / 24
        guard variance > 0 else { return 1 }
        return erfc(abs(smaller - total / 2) / (2 * variance).squareRoot())
    }
}
