// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto

/// The identity of a point: a UUID that follows from what the point is, so that writing it twice is writing it once.
struct PointID: Hashable, Sendable {
    /// 36 lower-case characters.
    let text: String

    /// An id that the server sent.
    init(stored text: String) { self.text = text }

    /// A name-based UUID (version 5, RFC 9562) of the parts; parts hold no zero byte, which divides them.
    init(_ parts: String...) {
        var hash = Insecure.SHA1()
        hash.update(data: Self.namespace)
        for part in parts {
            hash.update(data: Array(part.utf8))
            hash.update(data: [0])
        }
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        text = Self.format(bytes)
    }

    /// The namespace of all names, itself random.
    private static let namespace: [UInt8] = [
        0x5B, 0x1F, 0x0C, 0x9A, 0x7D, 0x42, 0x4E, 0x0B, 0x9C, 0x55, 0x2E, 0x61, 0xD8, 0x3A, 0x90, 0x17,
    ]

    private static func format(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
