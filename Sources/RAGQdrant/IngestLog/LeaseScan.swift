// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Decides which items a replica takes next. A pure state machine: it is fed items in their order and says what to do with each.
struct LeaseScan {
    /// Attempts after which a document is given up.
    static let strikes = 3

    enum Step: Sendable, Hashable {
        /// Somebody holds it, or an older item of the same document goes before.
        case skip
        case lease
        /// Its strikes are used up.
        case quarantine
        /// Nothing more is to be taken now.
        case stop
    }

    private let now: Double
    /// Whether this replica holds nothing.
    private var isIdle: Bool
    private var isAlone = false
    private var documents: Set<PointID> = []

    /// - Parameters:
    ///   - now: Seconds since 1970.
    ///   - holding: How many items this replica holds.
    init(now: Double, holding: Int) {
        self.now = now
        isIdle = holding == 0
    }

    /// What to do with the next item.
    ///
    /// One that was tried before is worked on alone: if it takes the process down again, no other item gets a strike for that. Until this
    /// replica has nothing else in hand it takes nothing younger, so that its turn comes.
    mutating func step(_ item: IngestItem) -> Step {
        if isAlone { return .stop }
        guard documents.insert(item.document).inserted else { return .skip }
        if item.state != .waiting, item.leasedUntil > now { return .skip }
        if item.attempts >= Self.strikes { return .quarantine }
        if item.attempts > 0 {
            guard isIdle else { return .stop }
            isAlone = true
        }
        isIdle = false
        return .lease
    }
}
