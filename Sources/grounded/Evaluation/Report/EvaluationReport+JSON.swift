// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension EvaluationReport {
    /// The report as one line of JSON.
    var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("set", set.name)
            writer.member("documents", set.documents.count)
            writer.member("questions", set.questions.count)
            writer.member("unanswerable", set.questions.count { !$0.isAnswerable })
            writer.member("indexed", indexed?.written)
            writer.member("index_seconds", indexed?.seconds)
            writer.member("ask_seconds", asking.seconds)
            writer.member("lanes", asking.lanes)
            writer.member("missing_documents", missing.count)
            writer.member("embed_new_question_p50_ms", embedding.isEmpty ? nil : embedding.percentile(0.5))
            writer.key("modes")
            writer.object { writer in
                for row in rows { Self.write(row, &writer) }
            }
            if let comparison { Self.write(comparison, &writer) }
            if let trial { Self.write(trial, &writer) }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ row: Evaluation.Row, _ writer: inout JSONWriter) {
        writer.key(row.name)
        writer.object { writer in
            for metric in Metric.allCases {
                if let mean = row.means[metric] { write(metric.rawValue, mean, &writer) }
            }
            writer.member("refused", row.refused)
            if let latency = row.latency {
                for (name, share) in [("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)] {
                    writer.member(name, latency.percentile(share))
                }
                writer.member("timed_questions", latency.times.count)
            }
            writer.key("degraded")
            writer.object { writer in
                for (word, count) in row.degraded.sorted(by: { $0.key < $1.key }) { writer.member(word, count) }
            }
        }
    }

    private static func write(_ comparison: ConfigurationComparison, _ writer: inout JSONWriter) {
        writer.key("comparison")
        writer.object { writer in
            writer.member("first", comparison.first.name)
            writer.member("second", comparison.second.name)
            writer.member("significant", comparison.leading?.paired.isSignificant ?? false)
            writer.key("metrics")
            writer.object { writer in
                for entry in comparison.entries {
                    writer.key(entry.metric.rawValue)
                    writer.object { write(entry.paired, &$0) }
                }
            }
        }
    }

    /// The members of a paired comparison.
    static func write(_ paired: PairedComparison, _ writer: inout JSONWriter) {
        write("difference", paired.difference, &writer)
        writer.member("p_randomisation", paired.pValue)
        writer.member("p_t_test", paired.tTest)
        writer.member("p_wilcoxon", paired.signedRank)
        writer.member("wins", paired.wins)
        writer.member("losses", paired.losses)
        writer.member("questions", paired.differences.count)
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

    static func write(_ name: String, _ value: BootstrappedMean, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.object { writer in
            writer.member("mean", value.mean)
            writer.member("lower", value.lower)
            writer.member("upper", value.upper)
        }
    }
}
