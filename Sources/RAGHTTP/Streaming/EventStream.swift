// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Hummingbird
import Logging
import NIOCore
import RAGCore

/// A response made of server-sent events: any number of them, then exactly one last one.
///
/// What fails after the head was sent is sent as the last event, `error`. While nothing happens a comment is sent every `heartbeat`.
/// When the client goes away the work is cancelled. The connection closes after the last event.
struct EventStream: Sendable {
    /// Sends one event; returns at once, because all events of a reply together are no larger than the reply.
    typealias Send = @Sendable (ServerSentEvent) -> Void

    private enum Frame: Sendable {
        case event(ByteBuffer)
        case last(ByteBuffer)
    }

    var heartbeat: Duration

    /// - Parameter work: Does the work, sends its events, and returns the last one.
    func response(
        to request: APIRequest,
        work: @escaping @Sendable (_ send: @escaping Send) async throws -> ServerSentEvent
    ) -> Response {
        let body = ResponseBody { writer in
            // The body is written after the handler returned: what it bound to its task has to be bound again.
            try await withLogger(request.logger) { _ in try await write(work, for: request, to: &writer) }
        }
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close"],
            body: body
        )
        response.headers.set("X-Accel-Buffering", "no")
        return response
    }

    private func write(
        _ work: @escaping @Sendable (@escaping Send) async throws -> ServerSentEvent,
        for request: APIRequest,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        let (frames, source) = AsyncStream.makeStream(of: Frame.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let last = try await work { source.yield(.event($0.buffer)) }
                    source.yield(.last(last.buffer))
                } catch {
                    source.yield(.last(Self.failure(error, request).buffer))
                }
                source.finish()
            }
            group.addTask { [heartbeat] in
                while true {
                    try await Task.sleep(for: heartbeat)
                    source.yield(.event(ServerSentEvent.heartbeat))
                }
            }
            group.addTask { try await Self.watch(request.http) { source.finish() } }
            defer { group.cancelAll() }
            for await frame in frames {
                switch frame {
                case .event(let buffer): try await writer.write(buffer)
                case .last(let buffer):
                    try await writer.write(buffer)
                    return try await writer.finish(nil)
                }
            }
            // The stream ended before its last event: nobody is there to read it.
            throw CancellationError()
        }
    }

    /// Calls `onClose` when the client goes away; ends only by cancellation.
    private static func watch(_ request: Request, onClose: @escaping @Sendable () -> Void) async throws {
        // The body was read already. Hummingbird traps unless what it consumes here has an end of its own, as a buffer has.
        var request = request
        request.body = RequestBody(buffer: ByteBuffer())
        try await request.body.consumeWithInboundCloseHandler(
            { _ in while true { try await Task.sleep(for: .seconds(3_600)) } },
            onInboundClosed: onClose
        )
    }

    private static func failure(_ error: any Error, _ request: APIRequest) -> ServerSentEvent {
        let error = RAGError.wrapping(error)
        request.exchange.streamFailed(error.code.rawValue)
        FailureLog.record(error, logger: request.logger)
        return ServerSentEvent("error", data: Problem(error, requestID: request.id).bytes)
    }
}
