// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Who may work now and who waits: a number of permits, and a bounded line of waiters per lane. Pure; `PermitGate` does what it says.
package struct PermitLine: Sendable {
    /// Names a waiter.
    package typealias Ticket = UInt64

    /// What became of a request for a permit.
    package enum Entry: Sendable, Equatable {
        case granted
        case queued(Ticket)
        /// The line is full.
        case refused
    }

    /// Permits in all.
    package let width: Int
    /// Most waiters per lane.
    package let capacity: Int
    /// After this many grants in a row that passed over a later lane, the later lane gets one, so that it never starves.
    package let patience: Int
    /// Permits given out.
    package private(set) var inFlight = 0
    private var lanes: [[Ticket]]
    private var nextTicket: Ticket = 0
    private var passedOver = 0

    /// - Parameter lanes: How many lanes there are; lane 0 goes first.
    package init(width: Int, capacity: Int, lanes: Int = 1, patience: Int = 16) {
        self.width = max(1, width)
        self.capacity = max(0, capacity)
        self.patience = max(1, patience)
        self.lanes = Array(repeating: [], count: max(1, lanes))
    }

    /// How many wait.
    package var waiting: Int { lanes.reduce(0) { $0 + $1.count } }

    /// Asks for a permit: granted at once where one is free, which means that nobody waits.
    package mutating func enter(lane: Int) -> Entry {
        if inFlight < width {
            inFlight += 1
            return .granted
        }
        guard lanes.indices.contains(lane), lanes[lane].count < capacity else { return .refused }
        nextTicket += 1
        lanes[lane].append(nextTicket)
        return .queued(nextTicket)
    }

    /// Gives a permit back.
    /// - Returns: The waiter that it goes to, if any.
    package mutating func leave() -> Ticket? {
        guard let lane = nextLane() else {
            inFlight -= 1
            return nil
        }
        return lanes[lane].removeFirst()
    }

    /// A waiter goes away without a permit.
    package mutating func abandon(_ ticket: Ticket) {
        for lane in lanes.indices { lanes[lane].removeAll { $0 == ticket } }
    }

    private mutating func nextLane() -> Int? {
        guard let first = lanes.firstIndex(where: { !$0.isEmpty }) else { return nil }
        guard let later = lanes.lastIndex(where: { !$0.isEmpty }), later != first else {
            passedOver = 0
            return first
        }
        passedOver += 1
        guard passedOver > patience else { return first }
        passedOver = 0
        return later
    }
}
