// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGRedis

/// What is remembered between queries.
struct CachingSettings: Sendable {
    /// Query embeddings in memory.
    var size: Int
    var timeToLive: Duration
    /// Where the second tier is; it may hold a password.
    var redis: String?
    /// A PEM file; nil for the system's authorities.
    var redisAuthority: String?
    /// Makes the keys in Redis unguessable.
    var secret: String?
    /// Bytes of whole query results in memory; 0 keeps none.
    var resultMemory: Int
    var resultTimeToLive: Duration

    init(from reader: inout SettingsReader) {
        size = reader.value(.cacheSize, expecting: "a whole number, 0 (off) to 100000000", fallback: 10_000) {
            Settings.integer($0, 0...100_000_000)
        }
        timeToLive = .seconds(
            reader.value(.cacheTTL, expecting: "whole seconds, 1 to 31536000", fallback: 3_600) { Settings.integer($0, 1...31_536_000) }
        )
        redis = reader.value(.redisURL, expecting: "redis://[user:password@]host[:port][/database], or rediss:// for TLS", fallback: nil) {
            (try? RedisURL($0)) == nil ? nil : .some($0)
        }
        redisAuthority = reader.text(.redisAuthority)
        secret = reader.value(
            .cacheSecret,
            expecting: "at least 16 characters, the same for all servers that share the Redis",
            fallback: nil
        ) { $0.utf8.count >= 16 ? .some($0) : nil }
        resultMemory = reader.value(.resultCacheMemory, expecting: "0 (off), or a size such as 64MB, at least 1MB", fallback: 0) {
            $0 == "0" ? 0 : Settings.bytes($0)
        }
        resultTimeToLive = .seconds(
            reader.value(.resultCacheTTL, expecting: "whole seconds, 1 to 31536000", fallback: 300) { Settings.integer($0, 1...31_536_000) }
        )
    }
}
