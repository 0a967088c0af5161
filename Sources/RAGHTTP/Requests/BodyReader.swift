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
    /// - Throws: `tooLarge` above `limit`, `requestTimeout` if it comes too slowly (`BodyPaceHandler`), `overloaded` if all bodies hold
    ///   too much.
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
        var bytes: [UInt8] = []
        if let declared { bytes.reserveCapacity(declared) }
        for try await buffer in request.http.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw Self.tooLarge(limit) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        try Task.checkCancellation()
        return bytes
    }

    private static func tooLarge(_ limit: Int) -> RAGError {
        RAGError(.tooLarge, "the body has more than \(limit) bytes; send it in parts")
    }
}
