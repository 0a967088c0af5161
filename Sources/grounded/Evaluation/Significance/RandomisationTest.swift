// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The paired randomisation test: how often a difference this large appears when the two sides of every pair are swapped at random.
///
/// It assumes nothing about how the differences are distributed. Up to `exactPairs` pairs that differ every assignment of signs is tried;
/// above that, random ones with a fixed seed.
enum RandomisationTest {
    static let exactPairs = 16

    /// The two-sided p-value; 1 where no pair differs.
    static func pValue(_ differences: [Double], rounds: Int = 20_000, seed: UInt64 = 20_240_601) -> Double {
        let moved = differences.filter { $0 != 0 }
        guard !moved.isEmpty else { return 1 }
        let observed = abs(moved.reduce(0, +))
        // Sums of the same numbers in another order differ in their last digits.
        let least = observed - 1e-12 * max(1, moved.reduce(0) { $0 + abs($1) })
        if moved.count <= exactPairs {
            let assignments = 1 << moved.count
            let extreme = (0..<assignments).count { signs in
                abs(moved.indices.reduce(0.0) { signs >> $1 & 1 == 1 ? $0 - moved[$1] : $0 + moved[$1] }) >= least
            }
            return Double(extreme) / Double(assignments)
        }
        var generator = SplitMix64(state: seed)
        let extreme = moved.withUnsafeBufferPointer { moved in
            var extreme = 0
            for _ in 0..<rounds {
                var sum = 0.0
                var signs: UInt64 = 0
                var index = 0
                // A plain loop over bare memory: this is all that a comparison spends its time on.
                while index < moved.count {
                    if index & 63 == 0 { signs = generator.next() }
                    sum += signs & 1 == 1 ? -moved[index] : moved[index]
                    signs >>= 1
                    index += 1
                }
                if abs(sum) >= least { extreme += 1 }
            }
            return extreme
        }
        return Double(extreme + 1) / Double(rounds + 1)
    }
}
