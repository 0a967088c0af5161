// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A map bounded by cost and age that keeps what is asked for often (W-TinyLFU): one pass over many keys that nobody asks for again does
/// not push out what everybody asks for.
///
/// What is new enters a small window, one hundredth of the capacity, where the least recently used leaves first. What leaves the window
/// stays only if it was asked for more often, lately, than what would have to go for it. `value(for:at:)` is what counts as asking, found
/// or not; so callers look before they insert. Behaviour depends on nothing but the calls and `hash`.
package struct AdmissionCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Segment = RecencyLists.Segment

    private struct Entry: Sendable {
        var key: Key
        var value: Value
        var cost: Int
        var expires: ContinuousClock.Instant
        var segment: Segment
    }

    /// Most cost of all entries together.
    package let capacity: Int
    private let windowCapacity: Int
    private let protectedCapacity: Int
    private let timeToLive: Duration
    private let hash: @Sendable (Key) -> UInt64

    private var index: [Key: Int] = [:]
    /// Nil where the slot is free, so that nothing outlives its removal.
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var lists = RecencyLists()
    private var costs = [0, 0, 0]
    private var sketch: FrequencySketch

    /// - Parameters:
    ///   - capacity: Most cost of all entries together; 0 keeps none.
    ///   - expectedEntries: How many entries that is, about; nil where each costs 1.
    ///   - timeToLive: How long after its insertion an entry is found.
    ///   - hash: Chosen by users' keys, so nobody outside may predict it; the default differs in each process.
    package init(
        capacity: Int,
        expectedEntries: Int? = nil,
        timeToLive: Duration,
        hash: @escaping @Sendable (Key) -> UInt64 = { UInt64(bitPattern: Int64($0.hashValue)) }
    ) {
        self.capacity = max(0, capacity)
        self.timeToLive = timeToLive
        self.hash = hash
        windowCapacity = min(self.capacity, max(1, self.capacity / 100))
        protectedCapacity = (self.capacity - windowCapacity) / 5 * 4
        sketch = FrequencySketch(entries: min(expectedEntries ?? self.capacity, self.capacity))
    }

    package var count: Int { index.count }

    /// The cost of all entries, expired ones included.
    package var cost: Int { costs.reduce(0, +) }

    /// The value; nil if there is none or it has expired. Counts as one request for the key.
    package mutating func value(for key: Key, at now: ContinuousClock.Instant) -> Value? {
        guard capacity > 0 else { return nil }
        sketch.record(hash(key))
        guard let slot = index[key], let entry = entries[slot] else { return nil }
        guard now < entry.expires else {
            drop(slot)
            return nil
        }
        touch(slot, entry)
        return entry.value
    }

    /// Keeps a value if it is worth its place; it replaces what was there under the key.
    ///
    /// - Parameter cost: In the capacity's unit, at least 1; what costs more than the capacity is not kept.
    package mutating func insert(_ value: Value, for key: Key, cost: Int = 1, at now: ContinuousClock.Instant) {
        let cost = max(1, cost)
        let expires = now.advanced(by: timeToLive)
        if let slot = index[key], let old = entries[slot] {
            if old.cost == cost {
                entries[slot]?.value = value
                entries[slot]?.expires = expires
                return touch(slot, old)
            }
            drop(slot)
        }
        guard cost <= capacity else { return }
        let slot = free.popLast() ?? entries.count
        let entry = Entry(key: key, value: value, cost: cost, expires: expires, segment: .window)
        if slot == entries.count { entries.append(entry) } else { entries[slot] = entry }
        index[key] = slot
        // What is larger than the window would empty it.
        guard cost <= windowCapacity else { return admit(slot, entry, at: now) }
        link(slot, to: .window)
        while costs[Segment.window.rawValue] > windowCapacity, let oldest = lists.oldest(in: .window), let entry = entries[oldest] {
            unlink(oldest, entry)
            admit(oldest, entry, at: now)
        }
    }

    package mutating func remove(_ key: Key) {
        if let slot = index[key] { drop(slot) }
    }

    package mutating func removeAll() {
        index = [:]
        entries = []
        free = []
        lists = RecencyLists()
        costs = [0, 0, 0]
    }

    /// Removes what has expired and what `isUseless`; looks at everything.
    package mutating func removeAll(expiredAt now: ContinuousClock.Instant, or isUseless: (Key, Value) -> Bool = { _, _ in false }) {
        for (slot, entry) in entries.enumerated() {
            if let entry, now >= entry.expires || isUseless(entry.key, entry.value) { drop(slot) }
        }
    }

    /// Lets an entry that stands in no list into the main part, if it is worth more than what must go; drops it otherwise.
    private mutating func admit(_ slot: Int, _ entry: Entry, at now: ContinuousClock.Instant) {
        let room = capacity - windowCapacity - costs[Segment.probation.rawValue] - costs[Segment.protected.rawValue]
        if entry.cost > room {
            let worth = sketch.frequency(hash(entry.key))
            guard let victims = victims(freeing: entry.cost - room, worthLessThan: worth, at: now) else { return discard(slot, entry) }
            for victim in victims { drop(victim) }
        }
        link(slot, to: .probation)
    }

    /// What would have to go, least used first; nil if that was asked for as often as `worth` says, or if it is not enough.
    private func victims(freeing cost: Int, worthLessThan worth: Int, at now: ContinuousClock.Instant) -> [Int]? {
        var victims: [Int] = []
        var (freed, lost) = (0, 0)
        for segment in [Segment.probation, .protected] {
            var next = lists.oldest(in: segment)
            while freed < cost, let slot = next, let entry = entries[slot] {
                if now < entry.expires {
                    lost += sketch.frequency(hash(entry.key))
                    guard lost < worth else { return nil }
                }
                victims.append(slot)
                freed += entry.cost
                next = lists.newer(than: slot)
            }
        }
        return freed < cost ? nil : victims
    }

    /// Notes a use of the entry.
    private mutating func touch(_ slot: Int, _ entry: Entry) {
        unlink(slot, entry)
        link(slot, to: entry.segment == .window ? .window : .protected)
        while costs[Segment.protected.rawValue] > protectedCapacity, let oldest = lists.oldest(in: .protected),
            let demoted = entries[oldest]
        {
            unlink(oldest, demoted)
            link(oldest, to: .probation)
        }
    }

    private mutating func link(_ slot: Int, to segment: Segment) {
        entries[slot]?.segment = segment
        costs[segment.rawValue] += entries[slot]?.cost ?? 0
        lists.append(slot, to: segment)
    }

    private mutating func unlink(_ slot: Int, _ entry: Entry) {
        costs[entry.segment.rawValue] -= entry.cost
        lists.remove(slot, from: entry.segment)
    }

    private mutating func drop(_ slot: Int) {
        guard let entry = entries[slot] else { return }
        unlink(slot, entry)
        discard(slot, entry)
    }

    /// Forgets an entry that stands in no list.
    private mutating func discard(_ slot: Int, _ entry: Entry) {
        index[entry.key] = nil
        entries[slot] = nil
        free.append(slot)
    }
}
