// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The absolute moment after which nobody waits for a request any more; monotonic, so clock jumps do not touch it.
public struct Deadline: Sendable, Hashable, Comparable {
    public let instant: ContinuousClock.Instant

    public init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    /// The moment `duration` from now.
    public static func after(_ duration: Duration) -> Deadline { Deadline(ContinuousClock.now.advanced(by: duration)) }

    /// Never passes; for background work that has limits of its own.
    public static let never = Deadline(ContinuousClock.now.advanced(by: .seconds(60 * 60 * 24 * 365 * 30)))

    /// Time left, never negative.
    public var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

    public var hasPassed: Bool { ContinuousClock.now >= instant }

    /// Throws `deadlineExceeded`, naming `step`, if the deadline has passed; `cancelled` if the task was cancelled.
    public func check(_ step: String) throws(RAGError) {
        if Task.isCancelled { throw RAGError(.cancelled, "the caller went away during \(step)") }
        if hasPassed { throw RAGError(.deadlineExceeded, "the deadline passed before \(step); raise deadline_ms or ask for less") }
    }

    public static func < (lhs: Deadline, rhs: Deadline) -> Bool { lhs.instant < rhs.instant }
}

extension Duration {
    /// This duration in milliseconds.
    public var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1_000 + Double(attoseconds) / 1e15
    }

    /// This duration in seconds.
    public var inSeconds: Double { milliseconds / 1_000 }
}
