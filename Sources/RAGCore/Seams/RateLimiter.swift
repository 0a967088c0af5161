// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Counts what tenants use of their quotas, perhaps for several servers together.
public protocol RateLimiter: Sendable {
    /// Takes `cost` units of a tenant's quota, all of them or none.
    ///
    /// In any stretch of time, however many servers share the counts, no tenant is given more than `quota.perMinute` in proportion to the
    /// stretch and `quota.burst` on top.
    /// - Parameters:
    ///   - cost: 0 to `quota.burst`; what is outside is taken for the nearest.
    ///   - owed: Units that were given out while these counts could not be reached; they are counted first, up to the burst.
    /// - Returns: nil, within 100 ms, where the counts cannot be reached; whether anything was taken is then not known.
    func take(_ cost: Int, owed: Int, of quota: RateQuota, in scope: TenantScope) async -> RateVerdict?
}

/// How much a tenant may use in a minute, and how much of that at once.
public struct RateQuota: Sendable, Hashable {
    /// The range of both figures.
    public static let range = 1...1_000_000

    /// What is counted, such as `queries`: printable ASCII without spaces or quotes.
    public let name: String
    /// Units that come back in a minute, evenly.
    public let perMinute: Int
    /// Units that may be used at once after a rest.
    public let burst: Int

    /// Figures outside `range` are taken for the nearest inside. Without a burst, a whole minute's units may be used at once.
    public init(_ name: String, perMinute: Int, burst: Int? = nil) {
        self.name = name
        self.perMinute = Self.nearest(perMinute)
        self.burst = Self.nearest(burst ?? perMinute)
    }

    private static func nearest(_ value: Int) -> Int { min(max(value, range.lowerBound), range.upperBound) }
}

/// Whether a tenant may go on, and what is left.
public struct RateVerdict: Sendable, Hashable {
    public var isAdmitted: Bool
    /// Whole units that could be taken now.
    public var remaining: Int
    /// When the same cost will be admitted if nobody else takes any; zero where it was.
    public var retryAfter: Duration
    /// When the whole burst will be there again if nothing is taken.
    public var resetAfter: Duration

    public init(isAdmitted: Bool, remaining: Int, retryAfter: Duration, resetAfter: Duration) {
        self.isAdmitted = isAdmitted
        self.remaining = remaining
        self.retryAfter = retryAfter
        self.resetAfter = resetAfter
    }
}
