// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
import RAGCore
import Synchronization

/// Tells operators when the cache goes away and comes back: once each, however many calls notice it.
final class CacheHealth: Sendable {
    enum Side: Sendable, Hashable { case reading, writing }

    private struct State {
        var failures: [Side: RedisFailure] = [:]
        var known: Set<Side> = []
        var reported: String??
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let onHealth: @Sendable (DependencyHealth.Status, String?) -> Void

    init(logger: Logger, onHealth: @escaping @Sendable (DependencyHealth.Status, String?) -> Void) {
        self.logger = logger
        self.onHealth = onHealth
    }

    /// Takes note of how one side is: nil when it serves.
    func note(_ failure: RedisFailure?, of side: Side) {
        state.withLock { state in
            state.failures[side] = failure
            state.known.insert(side)
            // One side that serves says nothing of the other, which is still connecting.
            guard !state.failures.isEmpty || state.known.count == 2 else { return }
            let failing = state.failures[.reading] ?? state.failures[.writing]
            let detail = failing.map { Self.sentence($0, isReading: state.failures[.reading] != nil) }
            guard state.reported != .some(detail) else { return }
            let wasDegraded = state.reported.flatMap { $0 } != nil
            state.reported = .some(detail)
            // Within the lock, so that what is reported last is what holds.
            if let detail {
                if !wasDegraded { logger.warning("the shared cache is away; queries go on without it", metadata: ["reason": "\(detail)"]) }
                onHealth(.degraded, detail)
            } else {
                logger.info("the shared cache serves")
                onHealth(.ok, nil)
            }
        }
    }

    private static func sentence(_ failure: RedisFailure, isReading: Bool) -> String {
        isReading ? failure.description : "\(failure.description) (what is stored is still read)"
    }
}
