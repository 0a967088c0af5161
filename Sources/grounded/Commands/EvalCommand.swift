// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded eval DIR`: retrieval quality and latency on a BEIR folder, through the public API.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Index a BEIR folder (or reuse it), run dense, lexical and hybrid, print quality and latency."
    )

    @Argument(help: "Folder with corpus.jsonl, queries.jsonl and qrels/.")
    var folder: String

    @Option(help: "Which qrels to use.")
    var split = "test"

    @Option(help: "Modes, comma-separated.")
    var modes = "lexical,dense,hybrid"

    @Flag(help: "Have the questions answered too and count those refused with nothing_relevant.")
    var answers = false

    @Flag(help: "Do not index first; the server holds the corpus already.")
    var noIndex = false

    @Flag(help: "Print JSON only.")
    var json = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let set = try BEIRSet(folder: folder, split: split)
        let wanted = try modes.split(separator: ",").map { name in
            guard let mode = SearchMode(rawValue: String(name)) else { throw ValidationError("there is no mode \(name)") }
            return mode
        }
        let (indexed, rows) = try await ServerSession.with(server, options) { client in
            let evaluation = Evaluation(client: client, set: set)
            let indexed = noIndex ? nil : try await evaluation.index()
            var rows: [Evaluation.Row] = []
            for mode in wanted { rows.append(try await evaluation.run(mode, answers: answers)) }
            return (indexed, rows)
        }
        if !json { print(EvaluationReport.table(rows, set, indexed)) }
        print(EvaluationReport.json(rows, set, indexed, folder: folder))
    }
}

/// An evaluation as a table and as JSON.
enum EvaluationReport {
    static func table(_ rows: [Evaluation.Row], _ set: BEIRSet, _ indexed: (written: Int, seconds: Double)?) -> String {
        var lines = ["\(set.documents.count) documents, \(set.queries.count) questions"]
        if let indexed {
            let rate = indexed.seconds > 0 ? Double(set.documents.count) / indexed.seconds : 0
            lines.append(String(format: "indexed %d new in %.1f s (%.1f documents/s)", indexed.written, indexed.seconds, rate))
        }
        lines.append("")
        lines.append("mode      nDCG@10 [95% interval]    recall@100 [95%]         MRR@10 [95%]             p50 / p95 / p99 ms")
        for row in rows {
            let figures = [row.nDCG, row.recall, row.reciprocalRank].map {
                String(format: "%.4f [%.4f, %.4f]", $0.mean, $0.lower, $0.upper)
            }
            let latency = String(format: "%.2f / %.2f / %.2f", row.percentile(0.5), row.percentile(0.95), row.percentile(0.99))
            let name = row.mode.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
            let refused = row.refused.map { String(format: "  refused %.1f%%", $0 * 100) } ?? ""
            lines.append("\(name)  \(figures.joined(separator: "  "))  \(latency)\(refused)")
        }
        lines.append("")
        return lines.joined(separator: "\n")
    }

    static func json(
        _ rows: [Evaluation.Row],
        _ set: BEIRSet,
        _ indexed: (written: Int, seconds: Double)?,
        folder: String
    ) -> String {
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
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ row: Evaluation.Row, _ writer: inout JSONWriter) {
        writer.key(row.mode.rawValue)
        writer.object { writer in
            for (name, value) in [("ndcg_at_10", row.nDCG), ("recall_at_100", row.recall), ("mrr_at_10", row.reciprocalRank)] {
                writer.key(name)
                writer.object { writer in
                    writer.member("mean", value.mean)
                    writer.member("lower", value.lower)
                    writer.member("upper", value.upper)
                }
            }
            writer.member("refused", row.refused)
            for (name, share) in [("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)] { writer.member(name, row.percentile(share)) }
        }
    }
}
