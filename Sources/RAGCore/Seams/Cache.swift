// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Bytes under keys that several servers share. It may lose anything at any time, and its failures are never those of a request: a cache
/// that is away, slow or talks nonsense is a cache that holds nothing.
public protocol Cache: Sendable {
    /// What is stored under each key, in the order of the keys; nil for what is not there or did not come in time.
    ///
    /// Returns within 100 ms, or by the deadline where that is earlier; at once while the cache is known to be away.
    func values(for keys: [CacheKey], deadline: Deadline) async -> [[UInt8]?]

    /// Stores a value soon and returns at once; under load or while the cache is away it is dropped.
    func store(_ value: [UInt8], for key: CacheKey, timeToLive: Duration)

    /// Removes a value that turned out to be unusable, soon; returns at once.
    func remove(_ key: CacheKey)
}

/// A name in a shared cache; it tells nothing of what it was made from.
public struct CacheKey: Sendable, Hashable {
    /// Printable ASCII without spaces.
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}
