// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore
import Synchronization

/// A shared cache in memory that tests can take away, damage and look into.
public final class InMemoryCache: Cache {
    private struct State {
        var entries: [CacheKey: (value: [UInt8], expires: ContinuousClock.Instant)] = [:]
        var isAway = false
        var delay = Duration.zero
        var lookups = 0
        var removals: [CacheKey] = []
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: The clock that decides what has expired.
    public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) { self.now = now }

    /// While true nothing is found and nothing kept.
    public var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// How long a look-up takes, within what the seam allows.
    public var delay: Duration {
        get { state.withLock { $0.delay } }
        set { state.withLock { $0.delay = min(newValue, .milliseconds(100)) } }
    }

    /// How often `values` was called.
    public var lookups: Int { state.withLock { $0.lookups } }

    /// What `remove` was called with, in order.
    public var removals: [CacheKey] { state.withLock { $0.removals } }

    /// What is stored now, expired entries left out.
    public var entries: [CacheKey: [UInt8]] {
        let time = now()
        return state.withLock { $0.entries.filter { time < $0.value.expires }.mapValues(\.value) }
    }

    /// Puts other bytes under a key that is there, as a broken disk or another program would.
    public func damage(_ key: CacheKey, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard var entry = state.entries[key] else { return }
            change(&entry.value)
            state.entries[key] = entry
        }
    }

    public func values(for keys: [CacheKey], deadline: Deadline) async -> [[UInt8]?] {
        let delay = state.withLock { state in
            state.lookups += 1
            return state.delay
        }
        if delay > .zero { try? await Task.sleep(for: min(delay, deadline.remaining)) }
        let time = now()
        return state.withLock { state in
            keys.map { key in
                guard !state.isAway, !deadline.hasPassed, let entry = state.entries[key], time < entry.expires else { return nil }
                return entry.value
            }
        }
    }

    public func store(_ value: [UInt8], for key: CacheKey, timeToLive: Duration) {
        let expires = now().advanced(by: timeToLive)
        state.withLock { state in
            if !state.isAway { state.entries[key] = (value, expires) }
        }
    }

    public func remove(_ key: CacheKey) {
        state.withLock { state in
            state.removals.append(key)
            if !state.isAway { state.entries[key] = nil }
        }
    }
}
