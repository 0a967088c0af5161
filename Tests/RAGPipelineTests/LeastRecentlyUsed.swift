// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A bounded map that forgets what was not used for longest, and what is older than its time to live. Every call takes constant time.
struct LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var key: Key
        var value: Value
        var expires: ContinuousClock.Instant
        var newer: Int?
        var older: Int?
    }

    private let capacity: Int
    private let timeToLive: Duration
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var index: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    /// - Parameter capacity: Most entries; 0 keeps none.
    init(capacity: Int, timeToLive: Duration) {
        self.capacity = max(0, capacity)
        self.timeToLive = timeToLive
    }

    var count: Int { index.count }

    /// The value, which is now the most recently used; nil if there is none or it has expired.
    mutating func value(for key: Key, at now: ContinuousClock.Instant) -> Value? {
        guard let slot = index[key] else { return nil }
        guard now < nodes[slot].expires else {
            remove(slot)
            return nil
        }
        unlink(slot)
        linkAsNewest(slot)
        return nodes[slot].value
    }

    mutating func insert(_ value: Value, for key: Key, at now: ContinuousClock.Instant) {
        guard capacity > 0 else { return }
        if let slot = index[key] { remove(slot) }
        if index.count >= capacity, let oldest { remove(oldest) }
        let node = Node(key: key, value: value, expires: now.advanced(by: timeToLive))
        let slot: Int
        if let reused = free.popLast() {
            nodes[reused] = node
            slot = reused
        } else {
            nodes.append(node)
            slot = nodes.count - 1
        }
        index[key] = slot
        linkAsNewest(slot)
    }

    mutating func removeAll() { self = LeastRecentlyUsed(capacity: capacity, timeToLive: timeToLive) }

    private mutating func remove(_ slot: Int) {
        unlink(slot)
        index[nodes[slot].key] = nil
        free.append(slot)
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (nodes[slot].newer, nodes[slot].older)
        if let newer { nodes[newer].older = older } else { newest = older }
        if let older { nodes[older].newer = newer } else { oldest = newer }
        nodes[slot].newer = nil
        nodes[slot].older = nil
    }

    private mutating func linkAsNewest(_ slot: Int) {
        nodes[slot].older = newest
        if let newest { nodes[newest].newer = slot } else { oldest = slot }
        newest = slot
    }
}
