// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
package import RAGCore

/// A cache that several servers share, in Redis or Valkey. It may be away at any time: then it holds nothing, at once.
///
/// Look-ups and writes have a connection each, so that no look-up waits behind a batch of writes, and a server that refuses writes is
/// still read. Keys get the prefix `grounded:`. Values are the caller's bytes; what does not come back as bytes (a key that another
/// program filled with a list) is a miss and is removed.
package final class RedisCache: Cache {
    private static let prefix = "grounded:"

    private let settings: RedisSettings
    private let reader: RedisConnection
    private let writer: RedisConnection
    private let writes: WriteBehind
    private let metrics: CacheMetrics

    /// Makes a cache that is away until `start` has connected it.
    /// - Parameter onHealth: Called, on any thread, whenever the cache goes away (`degraded`, with the reason) or comes back (`ok`).
    ///   It must not call back into this cache.
    /// - Throws: `invalidConfiguration` when the authorities' file cannot be read.
    package init(
        settings: RedisSettings,
        logger: Logger,
        onHealth: @escaping @Sendable (DependencyHealth.Status, String?) -> Void = { _, _ in }
    ) throws(RAGError) {
        self.settings = settings
        let metrics = CacheMetrics()
        let health = CacheHealth(logger: logger, onHealth: onHealth)
        let writes = WriteBehind(settings: settings, metrics: metrics)
        self.metrics = metrics
        self.writes = writes
        reader = try RedisConnection(settings: settings, onChange: { health.note($0, of: .reading) })
        writer = try RedisConnection(
            settings: settings,
            onChange: { health.note($0, of: .writing) },
            onReady: { link in writes.write(over: link) }
        )
    }

    /// Begins to connect, and goes on doing so whenever the server is away; returns at once.
    package func start() {
        reader.start()
        writer.start()
    }

    /// Writes what waits, for at most half a second, and closes the connections. Later calls find an empty cache.
    package func shutdown() async {
        await writes.flush(over: writer, within: settings.flushTimeout)
        reader.stop()
        writer.stop()
    }

    /// Whether a look-up would be sent now.
    package var isAvailable: Bool { reader.isAvailable }

    package func values(for keys: [CacheKey], deadline: Deadline) async -> [[UInt8]?] {
        let misses = [[UInt8]?](repeating: nil, count: keys.count)
        guard !keys.isEmpty else { return misses }
        guard reader.isAvailable else {
            metrics.failed(.away)
            return misses
        }
        let patience = min(deadline.remaining, settings.commandTimeout)
        guard patience > .zero else { return misses }
        let start = ContinuousClock.now
        var commands = RESPWriter(capacity: keys.count * 128)
        // Many GETs rather than one MGET, which would not tell a value of another type from none.
        for key in keys { commands.command(["GET", Self.prefix + key.rawValue]) }
        switch await reader.call(commands, expecting: .strings, patience: patience) {
        case .failure(let failure):
            metrics.failed(failure.reason)
            return misses
        case .success(let replies):
            metrics.lookedUp(in: start.duration(to: .now))
            return zip(keys, replies).map { value($1, of: $0) }
        }
    }

    package func store(_ value: [UInt8], for key: CacheKey, timeToLive: Duration) {
        guard value.count <= settings.largestValue else { return metrics.dropped(1, .size) }
        // Redis takes times to live of any practical length; this keeps the sum of time and duration in range.
        let expires = ContinuousClock.now.advanced(by: min(timeToLive, .seconds(60 * 60 * 24 * 3_650)))
        writes.append(CacheWrite(key: Self.prefix + key.rawValue, operation: .set(value, expires: expires)), to: writer)
    }

    package func remove(_ key: CacheKey) {
        writes.append(CacheWrite(key: Self.prefix + key.rawValue, operation: .remove), to: writer)
    }

    private func value(_ reply: RESPValue, of key: CacheKey) -> [UInt8]? {
        switch reply {
        case .bulk(let bytes): return bytes
        case .null: return nil
        case .error(let text):
            let failure = RedisFailure(reply: text)
            metrics.failed(failure.reason)
            if failure.reason == .wrongtype { remove(key) }
            return nil
        default:
            metrics.failed(.protocol)
            return nil
        }
    }
}
