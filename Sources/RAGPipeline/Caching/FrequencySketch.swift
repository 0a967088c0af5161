// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// About how often keys were asked for lately: four rows of 4-bit counters behind a filter that keeps what was asked for once out of them.
///
/// Only what passes the filter ages the counters: after sixteen such requests per entry of the cache all are halved, so that what was
/// popular once does not stay so for ever, and a scan, which asks for everything once, ages nothing. It says less than was counted by one
/// at most for each time that the filter is emptied; it says more where keys collide.
struct FrequencySketch: Sendable {
    private static let rows: UInt64 = 4
    private static let lowBits: UInt64 = 0x7777_7777_7777_7777

    /// Sixteen counters in each word.
    private var counters: [UInt64]
    private let counterMask: UInt64
    /// One bit for what was asked for once; two probes.
    private var doorkeeper: [UInt64]
    private let doorkeeperMask: UInt64
    private let period: Int
    /// Requests counted since the last halving, and keys in the filter.
    private var counted = 0
    private var known = 0

    /// - Parameter entries: How many entries the cache is going to hold, about.
    init(entries: Int) {
        let entries = min(max(entries, 16), 1 << 20)
        period = entries * 16
        let words = Self.powerOfTwo(atLeast: entries)
        counters = Array(repeating: 0, count: words)
        counterMask = UInt64(words) * 16 - 1
        let bits = Self.powerOfTwo(atLeast: period * 8)
        doorkeeper = Array(repeating: 0, count: bits / 64)
        doorkeeperMask = UInt64(bits) - 1
    }

    /// Counts one request.
    mutating func record(_ hash: UInt64) {
        guard passDoorkeeper(hash) else { return }
        counted += 1
        if counted >= period { halve() }
        for row in 0..<Self.rows {
            let place = Self.probe(hash, row) & counterMask
            let (word, shift) = (Int(place >> 4), (place & 15) * 4)
            if (counters[word] >> shift) & 15 < 15 { counters[word] += 1 << shift }
        }
    }

    /// How often the key was asked for, 0 to 16.
    func frequency(_ hash: UInt64) -> Int {
        var least: UInt64 = 15
        for row in 0..<Self.rows {
            let place = Self.probe(hash, row) & counterMask
            least = min(least, (counters[Int(place >> 4)] >> ((place & 15) * 4)) & 15)
        }
        return Int(least) + (isKnown(hash) ? 1 : 0)
    }

    /// Marks the key as seen; returns whether it was before.
    private mutating func passDoorkeeper(_ hash: UInt64) -> Bool {
        if isKnown(hash) { return true }
        known += 1
        if known > period {
            for word in doorkeeper.indices { doorkeeper[word] = 0 }
            known = 1
        }
        for probe in 4..<6 as Range<UInt64> {
            let bit = Self.probe(hash, probe) & doorkeeperMask
            doorkeeper[Int(bit >> 6)] |= 1 << (bit & 63)
        }
        return false
    }

    private func isKnown(_ hash: UInt64) -> Bool {
        for probe in 4..<6 as Range<UInt64> {
            let bit = Self.probe(hash, probe) & doorkeeperMask
            if doorkeeper[Int(bit >> 6)] & (1 << (bit & 63)) == 0 { return false }
        }
        return true
    }

    private mutating func halve() {
        for word in counters.indices { counters[word] = (counters[word] >> 1) & Self.lowBits }
        counted /= 2
    }

    /// Probe `number` of a key: independent enough, whatever the quality of the hash's bits.
    private static func probe(_ hash: UInt64, _ number: UInt64) -> UInt64 {
        var value = hash &+ (number &+ 1) &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ (value >> 32)) &* 0xd6e8_feb8_6659_fd93
        return value ^ (value >> 32)
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        var power = 64
        while power < count { power *= 2 }
        return power
    }
}
