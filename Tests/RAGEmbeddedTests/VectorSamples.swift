// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A small generator of random numbers that a seed makes repeatable.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Vectors of length 1 that lie in clusters, as those of texts do.
struct ClusteredVectors {
    let dimension: Int
    private let centres: [[Float]]
    private let spread: Float
    private var generator: SeededGenerator

    init(dimension: Int, clusters: Int, spread: Float = 0.5, seed: UInt64) {
        self.dimension = dimension
        self.spread = spread
        var generator = SeededGenerator(seed: seed)
        centres = (0..<clusters).map { _ in (0..<dimension).map { _ in Self.noise(&generator) } }
        self.generator = generator
    }

    /// A vector of a random cluster, or of the one given.
    mutating func next(cluster: Int? = nil) -> [Float] {
        let centre = centres[cluster ?? Int.random(in: 0..<centres.count, using: &generator)]
        var vector = centre
        for index in vector.indices { vector[index] += spread * Self.noise(&generator) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for index in vector.indices { vector[index] /= length }
        return vector
    }

    /// `count` vectors, one after the other.
    mutating func rows(_ count: Int, cluster: Int? = nil) -> [Float] {
        var rows: [Float] = []
        rows.reserveCapacity(count * dimension)
        for _ in 0..<count { rows.append(contentsOf: next(cluster: cluster)) }
        return rows
    }

    /// About normally distributed.
    private static func noise(_ generator: inout SeededGenerator) -> Float {
        let bits = generator.next()
        var sum: Float = 0
        for shift in stride(from: 0, to: 64, by: 16) { sum += Float((bits >> UInt64(shift)) & 0xFFFF) / 65535 - 0.5 }
        return sum * 1.73
    }
}
