// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What is said first on a connection: login, database, and a question whose answer shows that the server serves.
enum RedisGreeting: Sendable {
    /// RESP3, since Redis 6.
    case current
    /// RESP2, for servers that do not know `HELLO`.
    case legacy

    enum Outcome: Sendable, Equatable {
        case welcome
        case tryLegacy
        case refused(RedisFailure)
    }

    func commands(for url: RedisURL) -> RESPWriter {
        var writer = RESPWriter()
        let user = url.user ?? "default"
        switch self {
        case .current:
            let login = url.password.map { ["AUTH", user, $0] } ?? []
            writer.command(["HELLO", "3"] + login + ["SETNAME", "grounded"])
        case .legacy:
            if let password = url.password { writer.command(["AUTH"] + (url.user.map { [$0] } ?? []) + [password]) }
        }
        if url.database != 0 { writer.command(["SELECT", String(url.database)]) }
        writer.command(["PING"])
        return writer
    }

    func outcome(of replies: [RESPValue]) -> Outcome {
        for (index, reply) in replies.enumerated() {
            guard case .error(let text) = reply else { continue }
            let isUnknown = text.hasPrefix("ERR unknown command") || text.hasPrefix("NOPROTO")
            if self == .current, index == 0, isUnknown { return .tryLegacy }
            // A user who may not PING is logged in, and who says so serves.
            if index == replies.count - 1, text.hasPrefix("NOPERM") { return .welcome }
            return .refused(RedisFailure(reply: text))
        }
        switch replies.last {
        case .simple("PONG"), .bulk(Array("PONG".utf8)): return .welcome
        default: return .refused(RedisFailure(.protocol, "what answers at REDIS_URL is no Redis"))
        }
    }
}
