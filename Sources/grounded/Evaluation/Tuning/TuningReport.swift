// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// What tuning found, as text and as JSON.
struct TuningReport {
    let result: Tuning.Result

    var text: String {
        var lines = ["\(result.training.count) questions to choose on, \(result.heldOut.count) others to judge with", ""]
        lines.append("on the questions to choose on, nDCG@10:")
        let worst = result.search.entries.map(\.nDCG).min() ?? 0
        let range = max(result.search.best.nDCG - worst, 1e-9)
        for entry in result.search.entries {
            let bar = String(repeating: "▪", count: max(0, Int(((entry.nDCG - worst) / range * 30).rounded())))
            let mark = entry.fusion == result.fusion ? " ← chosen" : ""
            lines.append("  \(Figures.column(entry.fusion.title, 28))\(Figures.plain(entry.nDCG))  \(bar)\(mark)")
        }
        lines += ["", "on the others: the settings in force give \(Figures.plain(result.rows[0].means[.nDCG]?.mean ?? 0)),"]
        lines.append("  \(result.fusion.title) changes that by \(Self.difference(result.comparison))")
        if !result.isVerified {
            lines.append("  (computed from the first 100 passages, because this server takes no \"fusion\" in a query)")
        }
        if let rerank = result.rerank {
            lines += ["", "reranking, on the questions to choose on:"]
            let best = rerank.search.best
            lines += rerank.search.entries.filter { $0.candidates == best.candidates }.map {
                "  weight \(Figures.column(String($0.weight), 19))\(Figures.plain($0.nDCG))"
                    + ($0.weight == best.weight ? "  ← chosen" : "")
            }
            let chosen = "weight \(best.weight) over the first \(best.candidates) passages"
            lines.append("on the others \(chosen) changes nDCG@10 by \(Self.difference(rerank.comparison)),")
            lines.append(String(format: "  and takes %.0f ms at p95", rerank.p95))
        }
        return (lines + ["", verdict]).joined(separator: "\n") + "\n"
    }

    /// What to do, in a sentence.
    var verdict: String {
        guard !result.settings.isEmpty else { return "Nothing is better than the settings in force by more than chance: leave them." }
        return "Better by more than chance: set " + result.settings.map { "\($0.key.name)=\($0.value)" }.joined(separator: " ")
    }

    private static func difference(_ comparison: PairedComparison) -> String {
        "\(Figures.interval(signed: comparison.difference)), \(Figures.chance(comparison.pValue))"
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("training", result.training.count)
            writer.member("held_out", result.heldOut.count)
            writer.member("verified_by_server", result.isVerified)
            writer.key("fusion")
            writer.object { writer in
                writer.member("method", result.fusion.word)
                writer.member("dense_weight", Double(result.fusion.weightText))
                writer.member("helps", result.helps)
                EvaluationReport.write(result.comparison, &writer)
            }
            writer.key("tried")
            writer.array { writer in
                for entry in result.search.entries {
                    writer.object { writer in
                        writer.member("method", entry.fusion.word)
                        writer.member("dense_weight", Double(entry.fusion.weightText))
                        writer.member("ndcg_at_10", entry.nDCG)
                    }
                }
            }
            if let rerank = result.rerank {
                writer.key("rerank")
                writer.object { writer in
                    writer.member("weight", Double(String(rerank.search.best.weight)))
                    writer.member("candidates", rerank.search.best.candidates)
                    writer.member("helps", result.rerankHelps)
                    EvaluationReport.write(rerank.comparison, &writer)
                }
            }
            writer.key("settings")
            writer.object { writer in
                for (key, value) in result.settings { writer.member(key.name, value) }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
