// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import NIOCore
import RAGCore
import Synchronization

/// Reads request bodies within their limits, and bounds what all of them hold together.
final class BodyReader: Sendable {
    let limits: BodyLimits
    private let held = Mutex(0)

    init(limits: BodyLimits) { self.limits = limits }

    /// Reads the whole body and hands it to `use`; its bytes count against the memory for bodies until `use` returns.
    /// - Throws: `tooLarge` above `limit`, `requestTimeout` if it comes too slowly, `overloaded` if all bodies hold too much.
    func withBody<Value: Sendable>(
        of request: APIRequest,
        limit: Int,
        _ use: ([UInt8]) async throws -> Value
    ) async throws -> Value {
        let declared = request.http.headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limit { throw Self.tooLarge(limit) }
        let reservation = declared ?? limit
        try reserve(reservation)
        defer { held.withLock { $0 -= reservation } }
        let bytes = try await read(request, limit: limit, declared: declared)
        request.exchange.bodyWasRead()
        return try await use(bytes)
    }

    private func reserve(_ count: Int) throws(RAGError) {
        let fits = held.withLock { held in
            guard held + count <= limits.allBodies else { return false }
            held += count
            return true
        }
        guard fits else { throw RAGError(.overloaded, "too many large requests at the same time; retry later") }
    }

    private func read(_ request: APIRequest, limit: Int, declared: Int?) async throws -> [UInt8] {
        let (body, exchange) = (request.http.body, request.exchange)
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                if let declared { bytes.reserveCapacity(declared) }
                for try await buffer in body {
                    guard bytes.count + buffer.readableBytes <= limit else { throw Self.tooLarge(limit) }
                    bytes.append(contentsOf: buffer.readableBytesView)
                    exchange.received(bytes.count)
                }
                try Task.checkCancellation()
                return bytes
            }
            group.addTask { [limits] in
                try await Self.watch(exchange, limits)
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// Throws once the body is too slow; ends only by throwing.
    private static func watch(_ exchange: Exchange, _ limits: BodyLimits) async throws {
        let start = ContinuousClock.now
        try await Task.sleep(for: min(limits.grace, limits.total))
        while true {
            let elapsed = start.duration(to: .now)
            let expected = elapsed.inSeconds * Double(limits.minimumBytesPerSecond)
            if elapsed >= limits.total || Double(exchange.receivedBytes) < expected {
                throw RAGError(
                    .requestTimeout,
                    "the body came too slowly; send it within \(limits.total), at \(limits.minimumBytesPerSecond) bytes a second or more"
                )
            }
            try await Task.sleep(for: min(.seconds(1), limits.total - elapsed))
        }
    }

    private static func tooLarge(_ limit: Int) -> RAGError {
        RAGError(.tooLarge, "the body has more than \(limit) bytes; send it in parts")
    }
}
