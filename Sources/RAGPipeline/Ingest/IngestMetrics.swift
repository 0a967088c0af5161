// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import RAGCore

/// What operators see of ingestion.
struct IngestMetrics: Sendable {
    /// The steps of ingestion, in order.
    enum Stage: String, Sendable, CaseIterable {
        case load
        case chunk
        case embed
        case publish
    }

    private let documents: [PublishStatus: Counter]
    private let durations: [Stage: Timer]

    init() {
        let statuses: [PublishStatus] = [.indexed, .updated, .unchanged, .failed]
        documents = Dictionary(
            uniqueKeysWithValues: statuses.map { status in
                (status, Counter(label: "rag_documents_indexed_total", dimensions: [("status", status.rawValue)]))
            }
        )
        durations = Dictionary(
            uniqueKeysWithValues: Stage.allCases.map { stage in
                (stage, Timer(label: "rag_stage_duration_seconds", dimensions: [("stage", stage.rawValue)]))
            }
        )
    }

    func count(_ status: PublishStatus) { documents[status]?.increment() }

    func record(_ stage: Stage, _ duration: Duration) {
        durations[stage]?.recordNanoseconds(Int64(duration.milliseconds * 1_000_000))
    }
}
