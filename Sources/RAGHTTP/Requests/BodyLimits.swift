// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How large a body may be and how slowly it may come.
package struct BodyLimits: Sendable {
    /// Bytes of a `/query` body.
    package var query = 2 * 1_024 * 1_024
    /// Bytes of an `/index` body, JSON or file.
    package var index = 32 * 1_024 * 1_024
    /// Bytes of all bodies that are held at one moment.
    package var allBodies = 512 * 1_024 * 1_024
    /// Longest time from the head to the last byte of the body.
    package var total: Duration = .seconds(120)
    /// Time in which no rate is asked for.
    package var grace: Duration = .seconds(10)
    /// Least average rate after the grace time.
    package var minimumBytesPerSecond = 1_024

    package init() {}
}
