// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A leaky bucket: what is taken fills it, time empties it, and what does not fit is refused. Pure; time comes from the caller.
///
/// It counts in integers so small that a microsecond empties a whole number of them: nothing is rounded, so nothing is given away.
package struct RateBucket: Sendable, Hashable {
    /// The part of a quota that one of several servers hands out by itself.
    package struct Share: Sendable, Hashable {
        /// How many servers there are.
        package static let range = 1...1_000

        package let quota: RateQuota
        package let replicas: Int

        package init(of quota: RateQuota, replicas: Int = 1) {
            self.quota = quota
            self.replicas = min(max(replicas, Self.range.lowerBound), Self.range.upperBound)
        }

        /// How much a unit of the quota fills: in a microsecond `perMinute` drains.
        var unit: Int64 { 60_000_000 * Int64(replicas) }
        /// How much may be in the bucket: this server's part of the burst.
        var capacity: Int64 { 60_000_000 * Int64(quota.burst) }
        var drain: Int64 { Int64(quota.perMinute) }

        func volume(_ cost: Int) -> Int64 { unit * Int64(min(max(cost, 0), quota.burst)) }
    }

    private var level: Int64 = 0
    private var time: Int64 = 0

    /// An empty bucket.
    package init() {}

    /// Takes all of `cost` or nothing.
    ///
    /// What is within the quota's burst but larger than this server's part of it needs an empty bucket, and is paid off before anything
    /// else is admitted: in any stretch of time the share's rate, and on top its burst or the largest cost, whichever is more.
    /// - Parameter now: Microseconds of a clock that does not go back; where it does, nothing is given for the time that it repeats.
    package mutating func take(_ cost: Int, of share: Share, at now: Int64) -> RateVerdict {
        advance(to: now, share)
        let volume = share.volume(cost)
        let highest = share.capacity - min(volume, share.capacity)
        let isAdmitted = volume == 0 || level <= highest
        let wait = isAdmitted ? 0 : level - highest
        if isAdmitted { level += volume }
        return RateVerdict(
            isAdmitted: isAdmitted,
            remaining: Int(max(0, share.capacity - level) / share.unit),
            retryAfter: share.time(toDrain: wait),
            resetAfter: share.time(toDrain: level)
        )
    }

    /// Counts what was taken elsewhere, up to a full bucket.
    package mutating func fill(_ cost: Int, of share: Share, at now: Int64) {
        advance(to: now, share)
        level = max(level, min(share.capacity, level + share.volume(cost)))
    }

    /// Whether it has run dry, so that a new one would do as well.
    package func isEmpty(_ share: Share, at now: Int64) -> Bool {
        var later = self
        later.advance(to: now, share)
        return later.level == 0
    }

    private mutating func advance(to now: Int64, _ share: Share) {
        // A bucket that holds anything is empty after level ÷ drain, rounded up: more time than that need not be counted.
        let longest = share.microseconds(toDrain: level)
        let (difference, isTooLong) = now.subtractingReportingOverflow(time)
        let passed = now <= time ? 0 : isTooLong ? longest : min(difference, longest)
        level = max(0, level - passed * share.drain)
        time = now
    }
}

extension RateBucket.Share {
    func microseconds(toDrain level: Int64) -> Int64 { (level + drain - 1) / drain }

    func time(toDrain level: Int64) -> Duration { .microseconds(microseconds(toDrain: level)) }
}
