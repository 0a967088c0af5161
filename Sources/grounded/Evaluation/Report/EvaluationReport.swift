// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// An evaluation's results: everything that a report tells.
struct EvaluationReport {
    let set: TestSet
    let rows: [Evaluation.Row]
    /// How many documents were new or changed, and the seconds it took; nil where none were put in.
    var indexed: (written: Int, seconds: Double)?
    /// Seconds for asking, and requests at the same time.
    var asking: (seconds: Double, lanes: Int) = (0, 1)
    /// Milliseconds of embedding a question that was never asked before, sorted.
    var embedding: [Double] = []
    /// Documents that questions expect and the server does not have.
    var missing: [String] = []
    var trial: RerankTrial?

    /// Where exactly two configurations were asked.
    let comparison: ConfigurationComparison?

    init(set: TestSet, rows: [Evaluation.Row]) {
        self.set = set
        self.rows = rows
        comparison = rows.count == 2 ? ConfigurationComparison(rows[0], rows[1]) : nil
    }

    /// The metrics that any row has.
    var metrics: [Metric] { Metric.allCases.filter { metric in rows.contains { $0.means[metric] != nil } } }

    /// What the questions are: how many, and how many of them nothing answers.
    var questions: String {
        let unanswerable = set.questions.count { !$0.isAnswerable }
        return "\(set.questions.count) questions" + (unanswerable > 0 ? " (\(unanswerable) that nothing answers)" : "")
    }

    /// How the latencies were measured, in a sentence.
    var latencyNote: String {
        let asked = rows.compactMap(\.latency?.times.count).max() ?? 0
        var note = "latency: as the client sees it, one request at a time, \(asked) questions in turns, their vectors in the cache"
        if !embedding.isEmpty {
            note += "; embedding a new question takes \(Figures.milliseconds(embedding.percentile(0.5))) ms more at p50"
        }
        let remembered = rows.reduce(0) { $0 + ($1.latency?.remembered ?? 0) }
        if remembered > 0 { note += "; \(remembered) replies came whole from the result cache and say nothing about searching" }
        return note
    }
}
