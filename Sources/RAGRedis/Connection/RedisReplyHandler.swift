// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore

/// Hands what a channel receives to its link.
final class RedisReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: RedisLink
    private let attempt: UInt64

    init(link: RedisLink, attempt: UInt64) {
        self.link = link
        self.attempt = attempt
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.received(unwrapInboundIn(data), attempt: attempt, channel: context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.lost(RedisFailure(.connection, "Redis closed the connection"), attempt: attempt, channel: context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        link.lost(.connecting(error), attempt: attempt, channel: context.channel)
        context.close(promise: nil)
    }
}

extension RedisFailure {
    /// What went wrong with a socket or with TLS, in a few words.
    static func connecting(_ error: any Error) -> RedisFailure {
        let text = String(String(describing: error).prefix(200)).filter { !$0.isNewline }
        return RedisFailure(.connection, "the connection to Redis failed: \(text)")
    }
}
