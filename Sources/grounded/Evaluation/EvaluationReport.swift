// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// An evaluation as a table and as JSON.
struct EvaluationReport {
    let rows: [Evaluation.Row]
    let set: BEIRSet
    let folder: String
    let indexed: (written: Int, seconds: Double)?
    let trial: RerankTrial?

    var table: String {
        var lines = ["\(set.documents.count) documents, \(set.queries.count) questions"]
        if let indexed {
            let rate = indexed.seconds > 0 ? Double(set.documents.count) / indexed.seconds : 0
            lines.append(String(format: "indexed %d new in %.1f s (%.1f documents/s)", indexed.written, indexed.seconds, rate))
        }
        lines.append("")
        let width = rows.map(\.name.count).reduce(8, max)
        let mode = "mode".padding(toLength: width, withPad: " ", startingAt: 0)
        lines.append("\(mode)  nDCG@10 [95% interval]    recall@100 [95%]         MRR@10 [95%]             p50 / p95 / p99 ms")
        for row in rows {
            let figures = [row.nDCG, row.recall, row.reciprocalRank].map {
                String(format: "%.4f [%.4f, %.4f]", $0.mean, $0.lower, $0.upper)
            }
            let latency = String(format: "%.2f / %.2f / %.2f", row.percentile(0.5), row.percentile(0.95), row.percentile(0.99))
            let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
            let refused = row.refused.map { String(format: "  refused %.1f%%", $0 * 100) } ?? ""
            lines.append("\(name)  \(figures.joined(separator: "  "))  \(latency)\(refused)")
        }
        lines.append("")
        if let trial { lines += Self.lines(of: trial) }
        return lines.joined(separator: "\n")
    }

    private static func lines(of trial: RerankTrial) -> [String] {
        var lines = ["weight   nDCG@10   what reranking adds [95% interval]"]
        for entry in trial.entries {
            let weight = String(entry.weight).padding(toLength: 7, withPad: " ", startingAt: 0)
            lines.append("\(weight)  \(String(format: "%.4f", entry.nDCG))    \(signed(entry.difference))")
        }
        lines.append("")
        let step = String(format: "%.1f ms at p50, %.1f ms at p95", trial.times.percentile(0.5), trial.times.percentile(0.95))
        lines.append("reranking takes \(step); judged in part: \(trial.partial) questions, not at all: \(trial.failed)")
        lines.append("on questions that had no say in the weight it adds \(signed(trial.heldOut)) to nDCG@10")
        if trial.helps {
            lines.append("it helps this collection: set RERANK=on and RERANK_WEIGHT=\(trial.weight)")
        } else {
            lines.append("\(trial.hurts ? "it hurts this collection" : "that is not more than chance"): leave RERANK=off")
        }
        return lines + [""]
    }

    private static func signed(_ value: BootstrappedMean) -> String {
        String(format: "%+.4f [%+.4f, %+.4f]", value.mean, value.lower, value.upper)
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("set", (folder as NSString).lastPathComponent)
            writer.member("documents", set.documents.count)
            writer.member("questions", set.queries.count)
            writer.member("indexed", indexed?.written)
            writer.member("index_seconds", indexed?.seconds)
            writer.key("modes")
            writer.object { writer in
                for row in rows { Self.write(row, &writer) }
            }
            if let trial { Self.write(trial, &writer) }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ row: Evaluation.Row, _ writer: inout JSONWriter) {
        writer.key(row.name)
        writer.object { writer in
            for (name, value) in [("ndcg_at_10", row.nDCG), ("recall_at_100", row.recall), ("mrr_at_10", row.reciprocalRank)] {
                write(name, value, &writer)
            }
            writer.member("refused", row.refused)
            for (name, share) in [("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)] { writer.member(name, row.percentile(share)) }
        }
    }

    private static func write(_ trial: RerankTrial, _ writer: inout JSONWriter) {
        writer.key("rerank")
        writer.object { writer in
            writer.member("helps", trial.helps)
            writer.member("weight", Double(trial.weight))
            write("held_out", trial.heldOut, &writer)
            writer.member("partial", trial.partial)
            writer.member("failed", trial.failed)
            for (name, share) in [("p50_ms", 0.5), ("p95_ms", 0.95)] { writer.member(name, trial.times.percentile(share)) }
            writer.key("weights")
            writer.array { writer in
                for entry in trial.entries {
                    writer.object { writer in
                        writer.member("weight", Double(entry.weight))
                        writer.member("ndcg_at_10", entry.nDCG)
                        write("difference", entry.difference, &writer)
                    }
                }
            }
        }
    }

    private static func write(_ name: String, _ value: BootstrappedMean, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.object { writer in
            writer.member("mean", value.mean)
            writer.member("lower", value.lower)
            writer.member("upper", value.upper)
        }
    }
}
