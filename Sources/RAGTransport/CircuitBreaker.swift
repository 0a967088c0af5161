// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Decides whether a server may be asked, from how it answered before. A pure state machine: time and chance come from the caller.
///
/// Closed lets everything through; open refuses for a while that doubles with each failed probe; half-open lets one probe through.
package struct CircuitBreaker: Sendable {
    /// When a breaker opens and for how long.
    package struct Settings: Sendable {
        /// This many failures in a row open it.
        package var consecutiveFailures = 5
        /// So does this share of failures among at least `minimumRequests` within `window`.
        package var failureShare = 0.5
        package var minimumRequests = 10
        package var window: Duration = .seconds(30)
        /// How long it stays open the first time, and at most.
        package var initialOpen: Duration = .seconds(5)
        package var longestOpen: Duration = .seconds(300)
        /// The open time is multiplied by 1 ± this, so that replicas do not probe together.
        package var jitter = 0.2

        package init() {}
    }

    /// What became of a request.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case success
        case failure
        /// It says nothing about the server: the caller went away, or its own deadline passed.
        case neutral
    }

    /// Whether a request may go out.
    package enum Decision: Sendable, Hashable {
        case allowed
        /// As `allowed`, and its outcome decides whether the breaker closes.
        case probe
        /// Refused; a request may succeed after this long.
        case refused(retryAfter: Duration)
    }

    /// What operators see.
    package enum State: Sendable, Hashable {
        case closed
        case open(until: ContinuousClock.Instant)
        case halfOpen
    }

    package private(set) var state = State.closed
    private let settings: Settings
    private var failuresInRow = 0
    private var timesOpened = 0
    private var recent: [(at: ContinuousClock.Instant, failed: Bool)] = []

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Asks for permission. Each `allowed` or `probe` must be followed by one `record`.
    package mutating func admit(at now: ContinuousClock.Instant) -> Decision {
        switch state {
        case .closed: return .allowed
        case .halfOpen: return .refused(retryAfter: .seconds(1))
        case .open(let until):
            guard now >= until else { return .refused(retryAfter: now.duration(to: until)) }
            state = .halfOpen
            return .probe
        }
    }

    /// Takes note of an outcome. `chance` is uniform in 0..<1.
    package mutating func record(
        _ outcome: Outcome,
        of decision: Decision,
        at now: ContinuousClock.Instant,
        chance: Double
    ) {
        if decision == .probe, state == .halfOpen {
            switch outcome {
            case .success: close()
            case .failure: open(at: now, chance: chance)
            case .neutral: state = .open(until: now)
            }
            return
        }
        guard state == .closed, outcome != .neutral else { return }
        let failed = outcome == .failure
        failuresInRow = failed ? failuresInRow + 1 : 0
        recent.append((now, failed))
        let window = settings.window
        recent.removeAll { $0.at.duration(to: now) > window }
        if recent.count > 1_000 { recent.removeFirst(recent.count - 1_000) }
        let failures = recent.count { $0.failed }
        let tooMany =
            recent.count >= settings.minimumRequests
            && Double(failures) >= settings.failureShare * Double(recent.count)
        if failed, failuresInRow >= settings.consecutiveFailures || tooMany { open(at: now, chance: chance) }
    }

    private mutating func close() {
        state = .closed
        failuresInRow = 0
        timesOpened = 0
        recent.removeAll()
    }

    private mutating func open(at now: ContinuousClock.Instant, chance: Double) {
        let doubled = settings.initialOpen * (1 << min(timesOpened, 16))
        let factor = 1 + settings.jitter * (2 * chance - 1)
        state = .open(until: now.advanced(by: min(doubled, settings.longestOpen) * factor))
        timesOpened += 1
    }
}
