// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Hit rates and times of the embedding cache:
///
///     swift run -c release --package-path benchmarks/cache
@main enum CacheBenchmark {
    static func main() async throws {
        try await HitLatency.measure()
        HitRate.measure(seeds: [1, 2, 3, 4, 5])
    }
}
