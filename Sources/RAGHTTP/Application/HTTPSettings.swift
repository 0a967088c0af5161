// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How the server listens and what it bounds.
package struct HTTPSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 8_080
    /// Connections above this wait to be accepted.
    package var maximumConnections = 10_000
    /// A connection that sends nothing for this long is closed.
    package var idleTimeout: Duration = .seconds(60)
    /// A client that reads nothing of its reply for this long is cut off.
    package var writeStall: Duration = .seconds(30)
    /// Silence in a stream before a comment is sent.
    package var heartbeat: Duration = .seconds(15)
    /// Longest time that `POST /index` keeps a caller waiting who asked for the result.
    package var ingestDeadline: Duration = .seconds(600)
    package var bodies = BodyLimits()
    /// The product's version, for `/health`.
    package var version = "dev"

    package init() {}
}
