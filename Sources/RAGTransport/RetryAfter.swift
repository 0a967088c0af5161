// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Reads `Retry-After`.
enum RetryAfter {
    /// The header's seconds. A date is not read: clocks differ, and the policy's own delay does as well.
    static func duration(_ value: String?) -> Duration? {
        guard let value, let seconds = Double(value), seconds.isFinite, seconds >= 0, seconds < 1e9 else { return nil }
        return .seconds(seconds)
    }
}
