// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Lets queries go before ingest on a model with a few lanes.
///
/// A request for passages is cut into small groups that queue behind the queries, so a query waits for at most one group, not for a
/// whole document. Nothing waits while a lane is free. Waiters leave at their deadline or with their task.
package final class SchedulingEmbeddingProvider: EmbeddingProvider {
    /// How the model's time is shared out.
    package struct Settings: Sendable, Hashable {
        /// Calls that the model works on at a time.
        package var lanes: Int
        /// Most calls that wait, for queries and for passages each; more are refused.
        package var queueLimit: Int
        /// Most texts and most bytes of a group of passages. One text each is best where a batch gains nothing, as on a CPU.
        package var textsPerGroup: Int
        package var bytesPerGroup: Int

        package init(lanes: Int = 2, queueLimit: Int = 256, textsPerGroup: Int = 1, bytesPerGroup: Int = 32 * 1_024) {
            self.lanes = max(1, lanes)
            self.queueLimit = max(1, queueLimit)
            self.textsPerGroup = max(1, textsPerGroup)
            self.bytesPerGroup = max(1, bytesPerGroup)
        }
    }

    private static let queryLane = 0
    private static let passageLane = 1

    private let inner: any EmbeddingProvider
    private let settings: Settings
    private let gate: PermitGate

    package let space: EmbeddingSpace

    package init(_ inner: any EmbeddingProvider, settings: Settings = Settings()) {
        self.inner = inner
        self.settings = settings
        space = inner.space
        gate = PermitGate(
            "the embedding model",
            line: PermitLine(width: settings.lanes, capacity: settings.queueLimit, lanes: 2)
        )
    }

    /// Calls that wait for a lane.
    package var waiting: Int { gate.waiting }

    package func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        switch role {
        case .query:
            return try await embed(texts, as: role, lane: Self.queryLane, deadline: deadline)
        case .passage:
            let groups = groups(of: texts)
            guard groups.count > 1 else {
                return try await embed(texts, as: role, lane: Self.passageLane, deadline: deadline)
            }
            do {
                let parts = try await mapConcurrently(groups, width: settings.lanes) { group in
                    try await self.embed(group, as: role, lane: Self.passageLane, deadline: deadline)
                }
                return try EmbeddingMatrix(dimension: space.dimension, values: parts.flatMap(\.values))
            } catch {
                throw RAGError.wrapping(error)
            }
        }
    }

    /// The same model for somebody who waits for an answer: whatever is embedded through it goes before ingest, passages too.
    package var interactive: any EmbeddingProvider { InteractiveLane(scheduler: self) }

    private struct InteractiveLane: EmbeddingProvider {
        let scheduler: SchedulingEmbeddingProvider

        var space: EmbeddingSpace { scheduler.space }

        func embed(
            _ texts: [String],
            as role: EmbeddingRole,
            deadline: Deadline
        ) async throws(RAGError) -> EmbeddingMatrix {
            try await scheduler.embed(texts, as: role, lane: SchedulingEmbeddingProvider.queryLane, deadline: deadline)
        }

        func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
            try await scheduler.tokenSpans(of: texts, deadline: deadline)
        }
    }

    /// Passed on at once: counting tokens costs the model nothing.
    package func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        try await inner.tokenSpans(of: texts, deadline: deadline)
    }

    private func embed(
        _ texts: [String],
        as role: EmbeddingRole,
        lane: Int,
        deadline: Deadline
    ) async throws(RAGError) -> EmbeddingMatrix {
        try await gate.acquire(lane: lane, deadline: deadline)
        defer { gate.release() }
        return try await inner.embed(texts, as: role, deadline: deadline)
    }

    private func groups(of texts: [String]) -> [[String]] {
        var groups: [[String]] = []
        var bytes = 0
        for text in texts {
            let size = text.utf8.count
            if let last = groups.last, last.count < settings.textsPerGroup, bytes + size <= settings.bytesPerGroup {
                groups[groups.count - 1].append(text)
                bytes += size
            } else {
                groups.append([text])
                bytes = size
            }
        }
        return groups
    }
}
