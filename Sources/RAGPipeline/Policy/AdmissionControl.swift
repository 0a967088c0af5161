// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
package import RAGCore

/// A permit per cost class: what is more than the machine can do at once waits briefly in a short line or is refused, never queued
/// without bound.
package final class AdmissionControl: Sendable {
    /// What a request costs.
    package enum CostClass: String, Sendable, CaseIterable {
        /// Retrieval.
        case query
        /// A generated answer.
        case generate
        /// Loading, chunking and embedding documents.
        case ingest
    }

    /// How many requests of each class run at once.
    package struct Limits: Sendable, Hashable {
        package var query: Int
        package var generate: Int
        package var ingest: Int

        package init(query: Int, generate: Int, ingest: Int) {
            self.query = query
            self.generate = generate
            self.ingest = ingest
        }

        /// Four queries per core up to 512, as many generated answers, one ingest request per core and at least two.
        package static func standard(cores: Int) -> Limits {
            let queries = min(512, 4 * max(1, cores))
            return Limits(query: queries, generate: queries, ingest: max(2, cores))
        }
    }

    private struct Gate: Sendable {
        var permits: PermitGate
        var inFlight: Meter
    }

    private let gates: [CostClass: Gate]
    private let maximumWait: Duration

    /// - Parameter maximumWait: Longest wait in line; the caller's deadline where that is earlier.
    package init(limits: Limits, maximumWait: Duration = .seconds(2)) {
        self.maximumWait = maximumWait
        var gates: [CostClass: Gate] = [:]
        for cost in CostClass.allCases {
            let (width, name, retryAfter): (Int, String, Duration) =
                switch cost {
                case .query: (limits.query, "queries", .seconds(1))
                case .generate: (limits.generate, "generated answers", .seconds(2))
                case .ingest: (limits.ingest, "indexing", .seconds(2))
                }
            gates[cost] = Gate(
                permits: PermitGate(name, line: PermitLine(width: width, capacity: (width + 1) / 2), retryAfter: retryAfter),
                inFlight: Meter(label: "rag_in_flight", dimensions: [("class", cost.rawValue)])
            )
        }
        self.gates = gates
    }

    /// How many requests of a class are running.
    package func inFlight(_ cost: CostClass) -> Int { gates[cost]?.permits.inFlight ?? 0 }

    /// Runs `body` with a permit of its class, which is given back however it ends.
    /// - Throws: `overloaded` with `retryAfter`, `deadlineExceeded`, `cancelled`, or what `body` throws.
    package func withPermit<Result>(
        _ cost: CostClass,
        deadline: Deadline,
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard let gate = gates[cost] else { return try await body() }
        try await gate.permits.acquire(deadline: deadline, patience: maximumWait)
        gate.inFlight.increment()
        defer {
            gate.inFlight.decrement()
            gate.permits.release()
        }
        return try await body()
    }
}
