// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// When a connection is made, used and left alone, from how it went before. A pure state machine: time and chance come from the caller.
///
/// Two things may fail. Connecting is tried again after pauses that grow to `longestPause`, so that a server that is back is found soon;
/// nobody waits for it. Calls that fail on a connection that can be made close it; from the fifth in a row on, the next connection is made
/// only after a time that doubles (the breaker is open), and then one call at a time is let through until one succeeds (half-open).
package struct ConnectionLife: Sendable {
    package struct Settings: Sendable {
        /// Failures of calls in a row that open the breaker.
        package var failuresToOpen = 5
        /// How long it stays open the first time, and at most.
        package var firstOpen: Duration = .seconds(1)
        package var longestOpen: Duration = .seconds(30)
        /// The pause after the second failure to connect, and at most.
        package var firstPause: Duration = .milliseconds(50)
        package var longestPause: Duration = .seconds(4)
        /// Pauses are multiplied by 1 ± this, so that servers do not come back together.
        package var jitter = 0.1

        package init() {}
    }

    package enum State: Sendable, Hashable {
        /// Not started yet, or stopped for good.
        case idle
        case connecting
        case ready
        case waiting
    }

    /// What failed.
    package enum Failure: Sendable, Hashable {
        /// A connection could not be made, or was lost while nothing was asked.
        case connection
        /// A call got no answer, or one that shows that the server cannot serve.
        case call
    }

    package private(set) var state = State.idle
    private let settings: Settings
    private var connectionFailures = 0
    private var callFailures = 0
    private var isProbing = false

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Whether so many calls failed that only one at a time may show that the server serves again.
    package var isHalfOpen: Bool { callFailures >= settings.failuresToOpen }

    /// Whether the server is there and has not failed repeatedly.
    package var isHealthy: Bool { state == .ready && !isHalfOpen }

    /// A connection is to be made now.
    package mutating func connect() { state = .connecting }

    /// A connection was made and the server answered on it.
    package mutating func connected() {
        state = .ready
        connectionFailures = 0
        isProbing = false
    }

    /// Whether a call may go out. Each that goes out ends with `succeeded` or `failed`.
    package mutating func admit() -> Bool {
        guard state == .ready else { return false }
        guard isHalfOpen else { return true }
        guard !isProbing else { return false }
        isProbing = true
        return true
    }

    /// A call was answered.
    package mutating func succeeded() {
        callFailures = 0
        isProbing = false
    }

    /// The connection is given up; the next one is to be made after the time returned. `chance` is uniform in 0..<1.
    package mutating func failed(_ failure: Failure, chance: Double) -> Duration {
        state = .waiting
        isProbing = false
        switch failure {
        case .connection: connectionFailures += 1
        case .call: callFailures += 1
        }
        let pause: Duration
        if failure == .call, isHalfOpen {
            pause = Self.doubled(settings.firstOpen, callFailures - settings.failuresToOpen, longest: settings.longestOpen)
        } else {
            let failures = failure == .call ? callFailures : connectionFailures
            pause = failures < 2 ? .zero : Self.doubled(settings.firstPause, failures - 2, longest: settings.longestPause)
        }
        return pause * (1 + settings.jitter * (2 * chance - 1))
    }

    /// Nothing is to be done any more.
    package mutating func stop() { state = .idle }

    private static func doubled(_ first: Duration, _ times: Int, longest: Duration) -> Duration {
        min(first * (1 << min(max(times, 0), 20)), longest)
    }
}
