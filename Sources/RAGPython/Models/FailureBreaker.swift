// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Spares a model that fails again and again, and those who wait for it. A plain state machine: it takes the time as an argument.
struct FailureBreaker {
    /// Whether a call may be made.
    enum Decision: Sendable, Hashable {
        case allowed
        /// Allowed, and what becomes of it decides whether others are.
        case probe
        case refused(retryAfter: Duration)
    }

    private enum State {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case probing(pause: Duration)
    }

    private static let failuresToOpen = 5
    private static let firstPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    private var state = State.closed(failures: 0)

    /// Asks for permission. After `probe` there follows `succeed`, `fail` or `abandon`.
    mutating func admit(at now: ContinuousClock.Instant) -> Decision {
        switch state {
        case .closed: return .allowed
        case .probing: return .refused(retryAfter: Self.firstPause)
        case .open(let end, let pause):
            guard now >= end else { return .refused(retryAfter: now.duration(to: end)) }
            state = .probing(pause: pause)
            return .probe
        }
    }

    /// The model has answered.
    mutating func succeed() {
        // An answer to a question from before the pause says nothing about the model after it.
        if case .open = state { return }
        state = .closed(failures: 0)
    }

    /// The model has failed. Returns whether calls are refused from now on that were not before.
    mutating func fail(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .open: return false
        case .probing(let pause):
            let longer = min(pause * 2, Self.longestPause)
            state = .open(until: now.advanced(by: longer), pause: longer)
            return true
        case .closed(let failures):
            guard failures + 1 >= Self.failuresToOpen else {
                state = .closed(failures: failures + 1)
                return false
            }
            state = .open(until: now.advanced(by: Self.firstPause), pause: Self.firstPause)
            return true
        }
    }

    /// The probe came to no result; the next call probes again.
    mutating func abandon(at now: ContinuousClock.Instant) {
        if case .probing(let pause) = state { state = .open(until: now, pause: pause) }
    }
}
