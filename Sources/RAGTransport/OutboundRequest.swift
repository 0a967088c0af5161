// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A request to an upstream.
package struct OutboundRequest: Sendable {
    /// `GET`, `POST`…
    package var method: String
    /// Below the upstream's base URL, beginning with a slash.
    package var path: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Most time until the response's head.
    package var firstByteLimit: Duration
    /// Most bytes of the response's body.
    package var maximumResponseSize: Int
    /// Whether sending it twice does no harm (or no more than a wasted answer).
    package var isRetryable: Bool

    package init(
        method: String = "POST",
        path: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        firstByteLimit: Duration = .seconds(20),
        maximumResponseSize: Int = 32 << 20,
        isRetryable: Bool = true
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.firstByteLimit = firstByteLimit
        self.maximumResponseSize = maximumResponseSize
        self.isRetryable = isRetryable
    }
}

/// A status other than 2xx, as the cause of an `unavailable` error.
package struct UpstreamStatus: Error, Sendable, CustomStringConvertible {
    package var status: Int
    /// The first bytes of the body as text, for the log.
    package var excerpt: String
    package var description: String { "status \(status): \(excerpt)" }
}
