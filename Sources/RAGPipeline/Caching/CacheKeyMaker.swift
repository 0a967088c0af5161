// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
package import RAGCore

/// Makes names and seals for entries of a shared cache with a secret that only the servers know.
///
/// A name is `HMAC-SHA256(names, fields)`: whoever can read the cache cannot tell, nor find out by trying, what was asked. A seal is
/// `HMAC-SHA256(seals, name + value)`: whoever can write to the cache can neither make an entry up nor put one under another name. `names`
/// and `seals` are keys derived from the secret. Servers that share a cache share the secret; with another one, everything is a miss.
package struct CacheKeyMaker: Sendable {
    /// Fewest bytes of a secret.
    package static let minimumSecret = 16
    /// Bytes of a seal.
    static let sealLength = 16

    private let names: SymmetricKey
    private let seals: SymmetricKey

    /// - Throws: `invalidConfiguration` if the secret is shorter than 16 bytes.
    package init(secret: [UInt8]) throws(RAGError) {
        guard secret.count >= Self.minimumSecret else {
            throw RAGError(.invalidConfiguration, "the secret of the shared cache has \(secret.count) bytes; use 16 or more")
        }
        let root = SymmetricKey(data: secret)
        names = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array("grounded cache names 1".utf8), using: root))
        seals = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array("grounded cache seals 1".utf8), using: root))
    }

    /// `purpose:` and 43 characters of base64url.
    ///
    /// - Parameters:
    ///   - purpose: What kind of entry it is: printable ASCII without spaces.
    ///   - fields: What decides the value. Each goes in behind its length, and nil is not the empty string, so different fields never
    ///     make the same name.
    package func key(for purpose: String, _ fields: [String?]) -> CacheKey {
        var message: [UInt8] = []
        Self.append(purpose, to: &message)
        for field in fields { Self.append(field, to: &message) }
        let code = HMAC<SHA256>.authenticationCode(for: message, using: names)
        return CacheKey(rawValue: "\(purpose):\(Self.base64URL(code))")
    }

    /// The seal of a value under a name.
    func seal(_ value: some Sequence<UInt8>, under key: CacheKey) -> [UInt8] {
        var message: [UInt8] = []
        Self.append(key.rawValue, to: &message)
        message += value
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: seals).prefix(Self.sealLength))
    }

    private static func append(_ field: String?, to message: inout [UInt8]) {
        guard let field else { return message.append(0) }
        message.append(1)
        message.append(littleEndian: UInt64(field.utf8.count))
        message += field.utf8
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var (bits, held): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                text.append(digits[Int(bits >> held & 63)])
            }
            // Only what is not written yet, so that nothing is shifted out.
            bits &= 1 << held - 1
        }
        if held > 0 { text.append(digits[Int(bits << (6 - held) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends an integer, lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
