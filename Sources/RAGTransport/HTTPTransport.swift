// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
package import RAGCore

/// The one outbound HTTP client: a deadline over the whole exchange, retries, a circuit breaker per upstream, no redirects.
package final class HTTPTransport: Sendable {
    private let client: HTTPClient
    private let logger: Logger

    /// - Parameters:
    ///   - connectLimit: Most time to open a connection.
    ///   - connectionsPerHost: Soft limit of HTTP/1 connections.
    ///   - certificateAuthority: A PEM file of the only authorities whose certificates are accepted; nil means the system's.
    package init(
        connectLimit: Duration = .seconds(5),
        connectionsPerHost: Int = 64,
        certificateAuthority: String? = nil,
        logger: Logger
    ) {
        var configuration = HTTPClient.Configuration()
        if let certificateAuthority {
            var encryption = TLSConfiguration.makeClientConfiguration()
            encryption.trustRoots = .file(certificateAuthority)
            configuration.tlsConfiguration = encryption
        }
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(Int64(connectLimit.inSeconds * 1e9))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // Retrying is decided here, with a budget; the pool would retry silently until the connect limit.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.logger = logger
    }

    /// Closes all connections. Nothing may be sent afterwards.
    package func shutdown() async throws { try await client.shutdown() }

    /// Sends a request and gives a 2xx response's body to `consume`; when that returns or throws, the exchange is over.
    ///
    /// Before the first byte a failed attempt may be repeated by the upstream's retry policy; afterwards never. Cancelling the task
    /// cancels the exchange.
    /// - Throws: `unavailable` (the cause is an `UpstreamStatus` for a status other than 2xx), `deadlineExceeded`, `cancelled`, or
    ///   what `consume` threw.
    package func send<Success: Sendable>(
        _ request: OutboundRequest,
        to upstream: Upstream,
        deadline: Deadline,
        consume: @escaping @Sendable (ResponseBody) async throws -> Success
    ) async throws -> Success {
        var retry = 0
        while true {
            try deadline.check("asking \(upstream.name)")
            let failure: Attempt<Success>.Failure
            switch try await attempt(request, to: upstream, deadline: deadline, consume: consume) {
            case .success(let value): return value
            case .failure(let reason): failure = reason
            }
            guard failure.isRetryable, request.isRetryable,
                let delay = upstream.retries.delay(
                    before: retry,
                    retryAfter: failure.error.retryAfter,
                    deadline: deadline,
                    chance: Double.random(in: 0..<1)
                ),
                upstream.beginRetry()
            else { throw failure.error }
            defer { upstream.endRetry() }
            logger.debug("repeating a request", metadata: ["upstream": "\(upstream.name)", "cause": "\(failure.error)"])
            do { try await Task.sleep(for: delay) } catch { throw RAGError.wrapping(error) }
            retry += 1
        }
    }

    /// Sends a request and returns the whole 2xx body.
    package func bytes(
        for request: OutboundRequest,
        from upstream: Upstream,
        deadline: Deadline
    ) async throws(RAGError) -> [UInt8] {
        do {
            return try await send(request, to: upstream, deadline: deadline) { try await $0.collect() }
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    private enum Attempt<Success: Sendable>: Sendable {
        struct Failure: Sendable {
            var error: RAGError
            var isRetryable: Bool
        }
        case success(Success)
        case failure(Failure)
    }

    /// One attempt. Throws only what nobody may repeat: an error after the first byte, a deadline, a cancellation.
    private func attempt<Success: Sendable>(
        _ request: OutboundRequest,
        to upstream: Upstream,
        deadline: Deadline,
        consume: @escaping @Sendable (ResponseBody) async throws -> Success
    ) async throws -> Attempt<Success> {
        let decision = try upstream.admit()
        let watchdog = Watchdog(deadline: deadline, name: upstream.name)
        do {
            let result = try await watchdog.guarding {
                try await self.exchange(request, with: upstream, watchdog: watchdog, consume: consume)
            }
            upstream.record(Self.outcome(of: result), of: decision)
            return result
        } catch {
            let ended = error is CancellationError || Task.isCancelled ? RAGError.wrapping(CancellationError()) : error
            upstream.record(Self.outcome(of: ended), of: decision)
            throw ended
        }
    }

    private func exchange<Success: Sendable>(
        _ request: OutboundRequest,
        with upstream: Upstream,
        watchdog: Watchdog,
        consume: @escaping @Sendable (ResponseBody) async throws -> Success
    ) async throws -> Attempt<Success> {
        var outbound = HTTPClientRequest(url: upstream.base.appending(request.path))
        outbound.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outbound.headers.add(name: name, value: value) }
        if !request.body.isEmpty { outbound.body = .bytes(request.body) }
        let limit = request.firstByteLimit
        watchdog.expect(before: .now.advanced(by: limit), "did not begin to answer within \(Int(limit.inSeconds.rounded(.up))) s")
        let response: HTTPClientResponse
        do {
            response = try await client.execute(outbound, deadline: .distantFuture, logger: nil)
        } catch {
            if Task.isCancelled { throw error }
            let unavailable = RAGError(.unavailable, "\(upstream.name) cannot be reached", cause: error)
            return .failure(.init(error: unavailable, isRetryable: true))
        }
        watchdog.expect(before: nil)
        let status = Int(response.status.code)
        let isSuccess = (200..<300).contains(status)
        let body = ResponseBody(
            response.body,
            watchdog: watchdog,
            name: upstream.name,
            maximumSize: isSuccess ? request.maximumResponseSize : 64 << 10
        )
        if isSuccess { return .success(try await consume(body)) }
        let excerpt = (try? await body.collect(idle: .seconds(2))) ?? []
        let error = RAGError(
            .unavailable,
            "\(upstream.name) answered with status \(status)",
            retryAfter: RetryAfter.duration(response.headers.first(name: "Retry-After")),
            cause: UpstreamStatus(status: status, excerpt: String(decoding: excerpt.prefix(2_048), as: UTF8.self))
        )
        return .failure(.init(error: error, isRetryable: RetryPolicy.retryableStatuses.contains(status)))
    }

    private static func outcome<Success: Sendable>(of attempt: Attempt<Success>) -> CircuitBreaker.Outcome {
        switch attempt {
        case .success: .success
        // A refusal of this one request (a wrong key, a bad body) says that the server works.
        case .failure(let failure): failure.isRetryable ? .failure : .success
        }
    }

    private static func outcome(of error: any Error) -> CircuitBreaker.Outcome {
        (error as? RAGError)?.code == .unavailable ? .failure : .neutral
    }
}
