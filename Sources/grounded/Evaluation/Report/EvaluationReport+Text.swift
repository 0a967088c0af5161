// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

extension EvaluationReport {
    /// The report as a table.
    var table: String {
        var lines = [set.documents.isEmpty ? questions : "\(set.documents.count) documents, \(questions)"]
        if let indexed {
            let rate = indexed.seconds > 0 ? Double(set.documents.count) / indexed.seconds : 0
            lines.append(String(format: "indexed %d new in %.1f s (%.1f documents/s)", indexed.written, indexed.seconds, rate))
        }
        if !missing.isEmpty {
            let some = missing.prefix(3).joined(separator: ", ")
            lines.append("\(missing.count) expected documents are not on the server (\(some)…): their questions cannot be answered")
        }
        lines.append(String(format: "asked in %.1f s, %d requests at a time", asking.seconds, asking.lanes))
        for row in rows {
            lines.append("")
            lines += Self.lines(of: row, metrics)
        }
        if rows.contains(where: { $0.latency != nil }) { lines += ["", latencyNote] }
        if let comparison { lines += [""] + Self.lines(of: comparison) }
        if let trial { lines += [""] + Self.lines(of: trial) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of row: Evaluation.Row, _ metrics: [Metric]) -> [String] {
        var lines = [row.name]
        for metric in metrics {
            guard let mean = row.means[metric] else { continue }
            let count = row.outcomes.count { $0.values[metric] != nil }
            let share = count < row.outcomes.count ? "  (\(count) questions)" : ""
            lines.append("  \(Figures.column(metric.title, 24))\(Figures.interval(mean))\(share)")
        }
        if let refused = row.refused { lines.append("  \(Figures.column("refused", 24))\(String(format: "%.1f%%", refused * 100))") }
        if let latency = row.latency {
            let shares = [0.5, 0.95, 0.99].map { Figures.milliseconds(latency.percentile($0)) }.joined(separator: " / ")
            lines.append("  \(Figures.column("p50 / p95 / p99 ms", 24))\(shares)")
        }
        for (word, count) in row.degraded.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(Figures.column("degraded: \(word)", 24))\(count) questions")
        }
        return lines
    }

    private static func lines(of comparison: ConfigurationComparison) -> [String] {
        var lines = ["“\(comparison.second.name)” minus “\(comparison.first.name)”"]
        let title = Figures.column("difference [95% interval]", 30)
        lines.append("  \(Figures.column("", 24))\(title)  randomisation   t-test    Wilcoxon   wins / losses")
        for entry in comparison.entries {
            let paired = entry.paired
            let chances = zip([paired.pValue, paired.tTest, paired.signedRank], [16, 10, 11]).map {
                Figures.column(Figures.probability($0), $1)
            }
            let interval = Figures.column(Figures.interval(signed: paired.difference), 32)
            lines.append("  \(Figures.column(entry.metric.title, 24))\(interval)\(chances.joined())\(paired.wins) / \(paired.losses)")
        }
        return lines + ["", comparison.verdict]
    }

    private static func lines(of trial: RerankTrial) -> [String] {
        var lines = ["weight   nDCG@10   what reranking adds [95% interval]"]
        for entry in trial.entries {
            let weight = Figures.column(String(entry.weight), 7)
            lines.append("\(weight)  \(Figures.plain(entry.nDCG))    \(Figures.interval(signed: entry.difference))")
        }
        lines.append("")
        let step = String(format: "%.1f ms at p50, %.1f ms at p95", trial.times.percentile(0.5), trial.times.percentile(0.95))
        lines.append("reranking takes \(step); judged in part: \(trial.partial) questions, not at all: \(trial.failed)")
        lines.append("on questions that had no say in the weight it adds \(Figures.interval(signed: trial.heldOut)) to nDCG@10")
        if trial.helps {
            lines.append("it helps this collection: set RERANK=on and RERANK_WEIGHT=\(trial.weight)")
        } else {
            lines.append("\(trial.hurts ? "it hurts this collection" : "that is not more than chance"): leave RERANK=off")
        }
        return lines
    }
}
