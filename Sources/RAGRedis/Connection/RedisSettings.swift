// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Where the server is, how it is checked, and how long it is waited for.
package struct RedisSettings: Sendable {
    package var url: RedisURL
    /// A PEM file with the authorities that may have signed the server's certificate; nil for the system's.
    package var certificateAuthority: String?
    /// From the first packet to the answer that says that the server serves, TLS and login included.
    package var connectTimeout: Duration = .milliseconds(500)
    /// How long a command's reply is waited for; after it the connection is given up.
    package var commandTimeout: Duration = .milliseconds(100)
    package var life = ConnectionLife.Settings()
    /// Calls that may wait for replies at once.
    package var mostCalls = 1_024
    /// What one call's replies may hold together.
    package var mostReplyBytes = 32 << 20
    /// Values larger than this are not stored.
    package var largestValue = 1 << 20
    /// What may wait to be written; beyond it the oldest is dropped.
    package var mostWaitingWrites = 4_096
    package var mostWaitingBytes = 16 << 20
    /// How long `shutdown` writes what waits.
    package var flushTimeout: Duration = .milliseconds(500)

    package init(url: RedisURL, certificateAuthority: String? = nil) {
        self.url = url
        self.certificateAuthority = certificateAuthority
    }
}
