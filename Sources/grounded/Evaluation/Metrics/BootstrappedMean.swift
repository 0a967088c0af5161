// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A mean over queries with a 95% percentile-bootstrap interval.
struct BootstrappedMean: Sendable {
    let mean: Double
    let lower: Double
    let upper: Double

    /// - Parameter seed: Makes the interval repeatable.
    init(_ values: [Double], resamples: Int = 1_000, seed: UInt64 = 20_240_601) {
        guard !values.isEmpty else {
            (mean, lower, upper) = (0, 0, 0)
            return
        }
        mean = values.reduce(0, +) / Double(values.count)
        var generator = SplitMix64(state: seed)
        var means: [Double] = []
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in values.indices { sum += values[Int(generator.next() % UInt64(values.count))] }
            means.append(sum / Double(values.count))
        }
        means.sort()
        lower = means[Int(0.025 * Double(resamples))]
        upper = means[min(resamples - 1, Int(0.975 * Double(resamples)))]
    }
}
