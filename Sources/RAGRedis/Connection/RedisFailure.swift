// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Why a call of Redis gave nothing.
package struct RedisFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A word for metrics.
    package enum Reason: String, Sendable, CaseIterable {
        /// Not connected, or the breaker is open: nothing was sent.
        case away
        /// Too many calls are under way: nothing was sent.
        case busy
        case timeout
        /// The connection could not be made or was lost.
        case connection
        /// What came is not RESP, or answers nothing that was asked.
        case `protocol`
        case loading
        case readonly
        case oom
        case noauth
        case noperm
        /// A cluster's node that does not hold the key.
        case moved
        case maxclients
        case wrongtype
        /// An error of the server without a case of its own.
        case error
    }

    package var reason: Reason
    /// A sentence for operators; holds no key, value or password.
    package var description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// What an error reply of the server means. Of its text only the code is kept: the rest may hold names.
    init(reply: String) {
        let code = String(reply.prefix { $0 != " " }.prefix(32))
        if reply.hasPrefix("ERR max number of clients") {
            self.init(.maxclients, "Redis has reached its limit of clients (maxclients)")
            return
        }
        switch code {
        case "LOADING": self.init(.loading, "Redis is loading its data")
        case "MASTERDOWN": self.init(.loading, "Redis is a replica whose master is down")
        case "READONLY": self.init(.readonly, "Redis is a read-only replica; REDIS_URL should name the master")
        case "OOM": self.init(.oom, "Redis is out of memory and evicts nothing; set maxmemory-policy to allkeys-lru")
        case "NOAUTH", "WRONGPASS": self.init(.noauth, "Redis refuses the credentials of REDIS_URL (\(code))")
        case "NOPERM":
            let commands = "GET, SET and UNLINK, and for rate limits EVAL and TIME"
            self.init(.noperm, "Redis does not allow this user \(commands) with keys that begin with grounded:")
        case "MOVED", "ASK", "CLUSTERDOWN", "CROSSSLOT":
            self.init(.moved, "Redis is a cluster (\(code)); REDIS_URL should name a server or a proxy that holds all keys")
        case "WRONGTYPE": self.init(.wrongtype, "Redis holds a value of another type")
        default:
            let isWord = !code.isEmpty && code.utf8.allSatisfy { ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
            self.init(.error, "Redis answers with an error" + (isWord ? " (\(code))" : ""))
        }
    }
}
