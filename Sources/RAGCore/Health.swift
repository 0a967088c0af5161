// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How a dependency is, as `/health` names it.
public struct DependencyHealth: Sendable, Hashable {
    /// How well it serves.
    public enum Status: String, Sendable, Hashable {
        case ok
        case degraded
        case down
    }

    /// `store`, `embedder`, `llm`, `ingest`…
    public var name: String
    public var status: Status
    /// Seconds since 1970 at which it entered this status.
    public var since: Double
    /// A sentence for operators; no secrets.
    public var detail: String?

    public init(name: String, status: Status, since: Double, detail: String? = nil) {
        self.name = name
        self.status = status
        self.since = since
        self.detail = detail
    }
}
