// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import Logging
import Metrics
import RAGCore

/// What is written down of a request when its reply has been sent: one log line and two metrics, no content and no document's name.
struct RequestRecord: Sendable {
    var method: HTTPRequest.Method
    /// The endpoint's pattern, so that the number of label values is bounded.
    var route: String
    var start: ContinuousClock.Instant
    var logger: Logger
    var tenant: String?

    init(method: HTTPRequest.Method, route: String, start: ContinuousClock.Instant, logger: Logger) {
        self.method = method
        self.route = route
        self.start = start
        self.logger = logger
    }

    /// - Parameter streamFailure: The code of an error that was sent inside a stream.
    func finished(status: Int, streamFailure: String? = nil) {
        let duration = start.duration(to: .now)
        let name = Self.knownMethods.contains(method) ? method.rawValue : "other"
        let labels = [("route", route), ("method", name)]
        Counter(label: "http_requests_total", dimensions: labels + [("status", String(status))]).increment()
        Metrics.Timer(label: "http_request_duration_seconds", dimensions: labels).record(duration: duration)
        var metadata: Logger.Metadata = [
            "http.method": "\(name)", "http.route": "\(route)", "http.status": .stringConvertible(status),
            "duration_ms": .stringConvertible((duration.milliseconds * 1e3).rounded() / 1e3),
        ]
        if let tenant { metadata["rag.tenant"] = "\(tenant)" }
        if let streamFailure { metadata["rag.error.code"] = "\(streamFailure)" }
        // Probes and scrapes come every few seconds for ever.
        let isProbe = route.hasPrefix("/health") || route == "/metrics"
        logger.log(level: isProbe && status < 400 ? .debug : .info, "request", metadata: metadata)
    }

    private static let knownMethods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
