// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto

/// The identity of a point: a UUID that follows from what the point is, so that writing it twice is writing it once.
struct PointID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// An id that the server sent, or nil if it is no UUID.
    init?(stored text: String) {
        var text = text
        guard let id = text.withUTF8({ Self($0[...]) }) else { return nil }
        self = id
    }

    /// 32 hexadecimal digits in five groups.
    init?<Bytes: Collection>(_ text: Bytes) where Bytes.Element == UInt8 {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for byte in text where byte != UInt8(ascii: "-") {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 { halves.0 = halves.0 << 4 | UInt64(digit) } else { halves.1 = halves.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard digits == 32 else { return nil }
        (high, low) = halves
    }

    /// A name-based UUID (version 5, RFC 9562) of the parts; parts hold no zero byte, which divides them.
    init(_ parts: String...) {
        var hash = Insecure.SHA1()
        hash.update(data: Self.namespace)
        for part in parts {
            hash.update(data: Array(part.utf8))
            hash.update(data: [0])
        }
        let bytes = Array(hash.finalize().prefix(16))
        let first = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let second = bytes[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        high = first & ~0xF000 | 0x5000
        low = second & ~(3 << 62) | 2 << 62
    }

    /// The namespace of all names, itself random.
    private static let namespace: [UInt8] = [
        0x5B, 0x1F, 0x0C, 0x9A, 0x7D, 0x42, 0x4E, 0x0B, 0x9C, 0x55, 0x2E, 0x61, 0xD8, 0x3A, 0x90, 0x17,
    ]

    /// 36 lower-case characters.
    var text: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    buffer[place] = UInt8(ascii: "-")
                    place += 1
                }
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(digit % 16))) & 15
                buffer[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                place += 1
            }
            return 36
        }
    }
}
