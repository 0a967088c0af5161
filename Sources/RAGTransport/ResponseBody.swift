// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import AsyncHTTPClient
import NIOCore
import RAGCore

/// The body of a response while it arrives. Belongs to the task that got it.
package final class ResponseBody {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let watchdog: Watchdog
    private let name: String
    private let maximumSize: Int
    private var size = 0

    init(_ body: HTTPClientResponse.Body, watchdog: Watchdog, name: String, maximumSize: Int) {
        iterator = body.makeAsyncIterator()
        self.watchdog = watchdog
        self.name = name
        self.maximumSize = maximumSize
    }

    /// The next bytes as they came, or nil at the end. Time between calls does not count: a slow reader is not the server's fault.
    ///
    /// - Parameters:
    ///   - instant: When the bytes must be there; otherwise the whole request is cancelled and fails as `unavailable`.
    ///   - message: Says what took too long, after the upstream's name.
    package func next(before instant: ContinuousClock.Instant, _ message: String) async throws -> [UInt8]? {
        watchdog.expect(before: instant, message)
        defer { watchdog.expect(before: nil) }
        let buffer: ByteBuffer?
        do {
            buffer = try await iterator.next(isolation: #isolation)
        } catch {
            if error is CancellationError || Task.isCancelled { throw RAGError(.cancelled, "the caller went away", cause: error) }
            throw RAGError(.unavailable, "\(name) broke off in the middle of its answer", cause: error)
        }
        guard let buffer else { return nil }
        size += buffer.readableBytes
        guard size <= maximumSize else {
            throw RAGError(.unavailable, "\(name) sent more than \(maximumSize) bytes")
        }
        return Array(buffer.readableBytesView)
    }

    /// All that remains, each part of it within `idle` of the one before.
    package func collect(idle: Duration = .seconds(30)) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try await next(before: .now.advanced(by: idle), "stopped sending in the middle of its answer") {
            bytes.append(contentsOf: part)
        }
        return bytes
    }
}
