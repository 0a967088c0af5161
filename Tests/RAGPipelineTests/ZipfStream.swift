// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTestKit

/// Draws numbers from 0 whose frequency falls with their rank: the n-th is asked for 1/n as often as the first.
struct ZipfStream {
    private var random: SeededGenerator
    private let cumulative: [Double]

    init(distinct: Int, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var sum = 0.0
        cumulative = (1...distinct).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    mutating func next() -> Int {
        let point = Double.random(in: 0..<cumulative[cumulative.count - 1], using: &random)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
