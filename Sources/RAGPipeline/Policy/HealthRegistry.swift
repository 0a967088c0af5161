// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
package import RAGCore
import Synchronization

/// What every dependency last said of itself, and whether the server wants traffic.
package final class HealthRegistry: Sendable {
    private struct State {
        var dependencies: [String: DependencyHealth] = [:]
        var draining = false
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Double

    /// - Parameter now: Seconds since 1970.
    package init(now: @escaping @Sendable () -> Double) { self.now = now }

    /// Records how `name` is; `since` moves only when the status changes.
    package func report(_ name: String, _ status: DependencyHealth.Status, detail: String? = nil) {
        let time = now()
        state.withLock { state in
            if var known = state.dependencies[name], known.status == status {
                known.detail = detail
                state.dependencies[name] = known
            } else {
                state.dependencies[name] = DependencyHealth(name: name, status: status, since: time, detail: detail)
                // Under the lock, so that what is shown last is what was said last.
                Gauge(label: "rag_dependency_health", dimensions: [("dependency", name)]).record(status.figure)
            }
        }
    }

    /// Every dependency, by name.
    package var dependencies: [DependencyHealth] {
        state.withLock { $0.dependencies.values.sorted { $0.name < $1.name } }
    }

    /// From now on the server is not ready: it is shutting down.
    package func beginDraining() { state.withLock { $0.draining = true } }

    package var isDraining: Bool { state.withLock { $0.draining } }

    /// Whether the server can serve something useful: it is not draining and its store is not down.
    package var isReady: Bool {
        state.withLock { !$0.draining && $0.dependencies["store"]?.status != .down && $0.dependencies["store"] != nil }
    }
}

extension DependencyHealth.Status {
    /// As a metric: what can be averaged over replicas.
    fileprivate var figure: Double {
        switch self {
        case .ok: 1
        case .degraded: 0.5
        case .down: 0
        }
    }
}
