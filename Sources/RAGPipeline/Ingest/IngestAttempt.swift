// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// One try at a document: how it ended, in which step, and how long each step took.
struct IngestAttempt: Sendable {
    var document: DocumentID
    var outcome: Result<PublishOutcome, RAGError>
    /// What the text lacks of the document.
    var warnings: [String] = []
    /// The step that ran last; nil before the first.
    private(set) var stage: IngestMetrics.Stage?
    private(set) var durations: [IngestMetrics.Stage: Duration] = [:]
    private var began = ContinuousClock.now

    init(document: DocumentID, outcome: Result<PublishOutcome, RAGError>) {
        self.document = document
        self.outcome = outcome
    }

    /// Ends the step before and begins `stage`.
    mutating func begin(_ stage: IngestMetrics.Stage) {
        end()
        self.stage = stage
    }

    /// Ends the current step.
    mutating func end() {
        let now = ContinuousClock.now
        if let stage { durations[stage, default: .zero] += began.duration(to: now) }
        began = now
    }
}

/// What became of leased work.
package enum IngestSettlement: Sendable {
    /// The document has ended, or waits for another try after a strike.
    case finished(IngestResult)
    /// Nothing can be done now, through no fault of the document; its lease is given back.
    case deferred(RAGError)
}
