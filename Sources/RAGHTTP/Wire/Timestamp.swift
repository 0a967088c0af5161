// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Times on the wire: ISO 8601 in UTC with milliseconds.
enum Timestamp {
    /// Seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// - Parameter seconds: Seconds since 1970.
    static func text(_ seconds: Double) -> String {
        // Formatting cuts off what is below a millisecond; half of one more makes that rounding.
        Date(timeIntervalSince1970: seconds + 0.000_5).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
