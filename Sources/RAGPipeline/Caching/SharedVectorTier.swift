// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Vectors in a cache that several servers share: the second tier behind their memory.
///
/// An entry is a header, the vector and a seal:
///
///     0   1  version: 1
///     1   3  zero
///     4   4  dimension, little endian
///     8  4n  the vector as little-endian 32-bit floats
///     …  16  HMAC-SHA256 over the entry's name and everything above, its first 16 bytes
///
/// What does not decode exactly (length, version, dimension, seal, a number that is not finite, a length other than 1) is a miss, and is
/// removed from the cache.
package struct SharedVectorTier: Sendable {
    private static let version: UInt8 = 1
    private static let headerLength = 8
    /// How far a vector's length may be from 1.
    private static let tolerance: Float = 1e-3

    private let cache: any Cache
    private let keys: CacheKeyMaker
    private let timeToLive: Duration

    package init(_ cache: any Cache, keys: CacheKeyMaker, timeToLive: Duration) {
        self.cache = cache
        self.keys = keys
        self.timeToLive = timeToLive
    }

    /// The name of a text's vector. It holds everything that decides the vector, and the tenant, so that no tenant can tell from the time
    /// of a reply what another one asked.
    package func key(for text: String, as role: EmbeddingRole, in space: EmbeddingSpace, tenant: String?) -> CacheKey {
        keys.key(
            for: "vector",
            [
                space.model, space.fingerprint, String(space.dimension), space.pooling, space.precision, String(space.maximumTokens),
                space.queryPrefix, space.passagePrefix, role.rawValue, tenant, text,
            ]
        )
    }

    /// The vector, or nil; takes as long as `Cache.values` at most and never fails.
    package func vector(for key: CacheKey, dimension: Int, deadline: Deadline) async -> [Float]? {
        guard let bytes = await cache.values(for: [key], deadline: deadline).first ?? nil else { return nil }
        guard let vector = decode(bytes, under: key, dimension: dimension) else {
            cache.remove(key)
            return nil
        }
        return vector
    }

    /// Stores a vector soon, if it is one that can be read back.
    package func store(_ vector: [Float], for key: CacheKey) {
        guard Self.isUsable(vector) else { return }
        cache.store(encode(vector, under: key), for: key, timeToLive: timeToLive)
    }

    func encode(_ vector: [Float], under key: CacheKey) -> [UInt8] {
        var bytes: [UInt8] = [Self.version, 0, 0, 0]
        bytes.reserveCapacity(Self.headerLength + vector.count * 4 + CacheKeyMaker.sealLength)
        bytes.append(littleEndian: UInt32(truncatingIfNeeded: vector.count))
        for value in vector { bytes.append(littleEndian: value.bitPattern) }
        return bytes + keys.seal(bytes, under: key)
    }

    func decode(_ bytes: [UInt8], under key: CacheKey, dimension: Int) -> [Float]? {
        let end = Self.headerLength + dimension * 4
        guard bytes.count == end + CacheKeyMaker.sealLength, bytes[0] == Self.version, bytes[1...3].allSatisfy({ $0 == 0 }),
            Self.word(bytes, at: 4) == UInt32(exactly: dimension)
        else { return nil }
        let seal = keys.seal(bytes[..<end], under: key)
        // Every byte is looked at, so that the time says nothing about where they differ.
        guard zip(seal, bytes[end...]).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        let vector = (0..<dimension).map { Float(bitPattern: Self.word(bytes, at: Self.headerLength + $0 * 4)) }
        return Self.isUsable(vector) ? vector : nil
    }

    private static func word(_ bytes: [UInt8], at start: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32($1 * 8) }
    }

    private static func isUsable(_ vector: [Float]) -> Bool {
        let square = vector.reduce(0) { $0 + $1 * $1 }
        // False where any number is not finite.
        return abs(square.squareRoot() - 1) <= tolerance
    }
}
