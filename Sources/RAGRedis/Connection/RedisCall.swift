// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore

/// What commands may be answered with, errors aside.
package enum RedisReplyShape: Sendable {
    case any
    /// Bytes, or null.
    case strings
    /// Arrays of so many integers.
    case integers(Int)
}

/// Commands that were sent together and wait for their replies. It lives on its connection's event loop.
final class RedisCall {
    typealias Completion = (Result<[RESPValue], RedisFailure>) -> Void

    /// When the server is taken to be away; nil for what another timer watches.
    let deadline: NIODeadline?
    private let commands: Int
    private let shape: RedisReplyShape
    private var replies: [RESPValue] = []
    private(set) var contentBytes = 0
    private var completion: Completion?
    private var patience: Scheduled<Void>?

    init(commands: Int, shape: RedisReplyShape = .any, deadline: NIODeadline?, completion: @escaping Completion) {
        self.commands = commands
        self.shape = shape
        self.deadline = deadline
        self.completion = completion
        replies.reserveCapacity(commands)
    }

    var isWhole: Bool { replies.count == commands }

    /// The first reply that says that the server cannot serve, or that answers something else; a value of another type is none.
    var refusal: RedisFailure? {
        for reply in replies {
            switch (reply, shape) {
            case (.error(let text), _):
                let failure = RedisFailure(reply: text)
                if failure.reason != .wrongtype { return failure }
            case (_, .any), (.bulk, .strings), (.null, .strings): continue
            case (.array(let items), .integers(let count)) where items.count == count && items.allSatisfy(\.isInteger): continue
            case (_, .strings), (_, .integers): return RedisFailure(.protocol, "Redis answered something that was not asked")
            }
        }
        return nil
    }

    /// Keeps a timer that is to be cancelled when the call ends.
    func keep(_ timer: Scheduled<Void>) { patience = timer }

    func add(_ reply: RESPValue) {
        contentBytes += reply.contentBytes
        replies.append(reply)
    }

    /// Gives the caller the replies.
    func succeed() { finish(.success(replies)) }

    /// Tells the caller, if it still waits. Replies may still come; nobody looks at them.
    func finish(_ result: Result<[RESPValue], RedisFailure>) {
        guard let completion else { return }
        self.completion = nil
        patience?.cancel()
        completion(result)
    }
}
