// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics

/// What operators see of the second tier.
struct CacheMetrics: Sendable {
    /// Why a write was not made.
    enum Drop: String, Sendable, CaseIterable {
        /// The queue was full.
        case queue
        case expired
        /// The value is larger than is stored.
        case size
        /// Redis refused it or went away meanwhile.
        case failed
        /// The server shuts down.
        case shutdown
    }

    private let errors: [RedisFailure.Reason: Counter]
    private let drops: [Drop: Counter]
    private let duration = Timer(label: "rag_cache_duration_seconds", dimensions: [("tier", "l2")])

    init() {
        errors = Dictionary(
            uniqueKeysWithValues: RedisFailure.Reason.allCases.map { reason in
                (reason, Counter(label: "rag_cache_errors_total", dimensions: [("tier", "l2"), ("reason", reason.rawValue)]))
            }
        )
        drops = Dictionary(
            uniqueKeysWithValues: Drop.allCases.map { drop in
                (drop, Counter(label: "rag_cache_writes_dropped_total", dimensions: [("tier", "l2"), ("reason", drop.rawValue)]))
            }
        )
    }

    func failed(_ reason: RedisFailure.Reason) { errors[reason]?.increment() }

    func dropped(_ count: Int, _ drop: Drop) {
        if count > 0 { drops[drop]?.increment(by: count) }
    }

    /// A look-up that went to the server and came back.
    func lookedUp(in time: Duration) { duration.record(duration: time) }
}
