// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import RAGCore
import Synchronization

/// A server that this program talks to: its address and what is known of its health.
package final class Upstream: Sendable {
    private struct State {
        var breaker: CircuitBreaker
        var active = 0
        var retrying = 0
    }

    /// For messages and metrics: `llm`, `qdrant`…
    package let name: String
    package let base: UpstreamURL
    package let retries: RetryPolicy
    private let state: Mutex<State>
    private let breakerGauge: Gauge
    private let outcomes: [CircuitBreaker.Outcome: Counter]

    package init(
        name: String,
        base: UpstreamURL,
        breaker: CircuitBreaker.Settings = CircuitBreaker.Settings(),
        retries: RetryPolicy = RetryPolicy()
    ) {
        self.name = name
        self.base = base
        self.retries = retries
        state = Mutex(State(breaker: CircuitBreaker(settings: breaker)))
        breakerGauge = Gauge(label: "rag_upstream_breaker_open", dimensions: [("upstream", name)])
        breakerGauge.record(0)
        outcomes = Dictionary(
            uniqueKeysWithValues: CircuitBreaker.Outcome.allCases.map { outcome in
                (outcome, Counter(label: "rag_upstream_requests_total", dimensions: [("upstream", name), ("outcome", outcome.rawValue)]))
            }
        )
    }

    /// What the circuit breaker says now.
    package var breakerState: CircuitBreaker.State { state.withLock { $0.breaker.state } }

    /// Lets a request through, or throws `unavailable` with the time after which one may.
    func admit() throws(RAGError) -> CircuitBreaker.Decision {
        let decision = state.withLock { state in
            let decision = state.breaker.admit(at: .now)
            if case .refused = decision { return decision }
            state.active += 1
            return decision
        }
        if case .refused(let retryAfter) = decision {
            throw RAGError(.unavailable, "\(name) has failed repeatedly and is left alone for a while", retryAfter: retryAfter)
        }
        return decision
    }

    /// Ends what `admit` began.
    func record(_ outcome: CircuitBreaker.Outcome, of decision: CircuitBreaker.Decision) {
        outcomes[outcome]?.increment()
        state.withLock { state in
            state.active -= 1
            state.breaker.record(outcome, of: decision, at: .now, chance: Double.random(in: 0..<1))
            // Under the lock, so that what is shown last is what was decided last.
            breakerGauge.record(state.breaker.state == .closed ? 0 : 1)
        }
    }

    /// Takes one retry from the budget, or returns false.
    func beginRetry() -> Bool {
        state.withLock { state in
            guard retries.allowsRetry(underWay: state.retrying, of: state.active) else { return false }
            state.retrying += 1
            return true
        }
    }

    func endRetry() { state.withLock { $0.retrying -= 1 } }
}
