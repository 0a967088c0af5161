// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// When a request that failed before its first byte is sent again. The only layer that retries.
package struct RetryPolicy: Sendable {
    /// Sent again at most this often.
    package var maximumRetries = 2
    /// The delay is uniform between 0 and `base · 2ⁿ`, at most `longest` (full jitter).
    package var base: Duration = .milliseconds(500)
    package var longest: Duration = .seconds(8)
    /// A `Retry-After` beyond this is not waited for.
    package var longestRetryAfter: Duration = .seconds(60)
    /// Retries under way may be this share of the requests under way, but `minimumBudget` are always allowed.
    package var budgetShare = 0.2
    package var minimumBudget = 3

    package init() {}

    /// The statuses that a second attempt may cure.
    package static let retryableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// How long to wait before retry number `retry` (from 0), or nil to give up.
    /// - Parameters:
    ///   - retryAfter: What the server asked for.
    ///   - chance: Uniform in 0..<1.
    package func delay(before retry: Int, retryAfter: Duration?, deadline: Deadline, chance: Double) -> Duration? {
        guard retry < maximumRetries else { return nil }
        let remaining = deadline.remaining
        if let retryAfter {
            return retryAfter < remaining && retryAfter <= longestRetryAfter ? retryAfter : nil
        }
        let delay = min(base * (1 << min(retry, 16)), longest) * chance
        return delay < remaining ? delay : nil
    }

    /// Whether another retry fits the budget.
    package func allowsRetry(underWay retries: Int, of active: Int) -> Bool {
        retries < max(minimumBudget, Int(Double(active) * budgetShare))
    }
}
