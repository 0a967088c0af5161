// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore
import NIOHTTPTypes
import RAGCore

/// Ends the reading of a body that comes too slowly: whoever reads it gets `requestTimeout`.
///
/// On the event loop and only for bodies that do not come at once, so that an ordinary request pays nothing for it.
final class BodyPaceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private struct Body {
        var start: NIODeadline
        var received = 0
    }

    private let limits: BodyLimits
    /// The body that is being received.
    private var body: Body?
    private var check: Scheduled<Void>?

    init(limits: BodyLimits) { self.limits = limits }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: body = Body(start: .now())
        case .body(let bytes): body?.received += bytes.readableBytes
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if body != nil, check == nil { schedule(in: min(limits.grace, limits.total), context) }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        body = nil
        check?.cancel()
        check = nil
    }

    private func schedule(in pause: Duration, _ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        check = context.value.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { self.look(context.value) }
    }

    private func look(_ context: ChannelHandlerContext) {
        check = nil
        guard let body else { return }
        let elapsed = Duration(NIODeadline.now() - body.start)
        guard elapsed < limits.total, Double(body.received) >= elapsed.inSeconds * Double(limits.minimumBytesPerSecond) else {
            self.body = nil
            context.fireErrorCaught(
                RAGError(
                    .requestTimeout,
                    "the body came too slowly; send it within \(limits.total), at \(limits.minimumBytesPerSecond) bytes a second or more"
                )
            )
            return
        }
        schedule(in: min(.seconds(1), limits.total - elapsed), context)
    }
}

@available(*, unavailable)
extension BodyPaceHandler: Sendable {}
