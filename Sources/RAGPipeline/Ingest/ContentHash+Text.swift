// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
package import RAGCore

extension ContentHash {
    /// The SHA-256 of a text's UTF-8.
    package init(of text: String) {
        var text = text
        let digest = text.withUTF8 { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return hash.finalize()
        }
        self.init(digest: digest)
    }

    /// A SHA-256 that was made already: 32 bytes.
    init(digest: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        var hexadecimal: [UInt8] = []
        hexadecimal.reserveCapacity(64)
        for byte in digest {
            hexadecimal.append(digits[Int(byte >> 4)])
            hexadecimal.append(digits[Int(byte & 0x0F)])
        }
        self.init(rawValue: "sha256:" + String(decoding: hexadecimal, as: UTF8.self))
    }
}
