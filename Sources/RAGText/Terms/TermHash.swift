// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// FNV-1a with 64 bits, and MurmurHash3's finaliser.
enum TermHash {
    static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let prime: UInt64 = 0x0000_0100_0000_01B3

    /// The state after one more byte.
    @inline(__always)
    static func adding(_ byte: UInt8, to state: UInt64) -> UInt64 { (state ^ UInt64(byte)) &* prime }

    /// The state after all bytes.
    @inline(__always)
    static func adding(_ bytes: UnsafeBufferPointer<UInt8>, to state: UInt64) -> UInt64 {
        var state = state
        for byte in bytes { state = adding(byte, to: state) }
        return state
    }

    /// Spreads the state over all bits.
    @inline(__always)
    static func finished(_ state: UInt64) -> UInt64 {
        var hash = state
        hash ^= hash >> 33
        hash &*= 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        hash &*= 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return hash
    }
}
