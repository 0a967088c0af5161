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

    @Option(help: "Modes, comma-separated. [default: lexical,dense,hybrid; with --rerank: hybrid]")
    var modes: String?

    @Flag(help: "Run hybrid with reranking too, say whether it helps, and with which weight.")
    var rerank = false

    @Option(help: "The reranker's weights to try, comma-separated, 0 to 1.")
    var weights = "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1"

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
        let variants = try variants()
        let weights = try triedWeights()
        let (indexed, rows) = try await ServerSession.with(server, options) { client in
            let evaluation = Evaluation(client: client, set: set)
            let indexed = noIndex ? nil : try await evaluation.index()
            var rows: [Evaluation.Row] = []
            for variant in variants { rows.append(try await evaluation.run(variant)) }
            return (indexed, rows)
        }
        let report = EvaluationReport(rows: rows, set: set, folder: folder, indexed: indexed, trial: try trial(rows, set, weights))
        if !json { print(report.table) }
        print(report.json)
    }

    private func variants() throws -> [Evaluation.Variant] {
        let names = (modes ?? (rerank ? SearchMode.hybrid.rawValue : "lexical,dense,hybrid")).split(separator: ",")
        var variants = try names.map { name in
            guard let mode = SearchMode(rawValue: String(name)) else { throw ValidationError("there is no mode \(name)") }
            return Evaluation.Variant(mode: mode, answers: answers)
        }
        guard rerank else { return variants }
        if !variants.contains(where: { $0.mode == .hybrid }) { variants.append(Evaluation.Variant(mode: .hybrid, answers: answers)) }
        variants.append(Evaluation.Variant(mode: .hybrid, rerank: true, answers: answers))
        return variants
    }

    private func triedWeights() throws -> [Float] {
        try weights.split(separator: ",").map { text in
            guard let weight = Float(text), (0...1).contains(weight) else { throw ValidationError("\(text) is no weight from 0 to 1") }
            return weight
        }
    }

    /// What the two hybrid runs say about reranking; nil where it was not asked for.
    private func trial(_ rows: [Evaluation.Row], _ set: BEIRSet, _ weights: [Float]) throws -> RerankTrial? {
        guard rerank, let reranked = rows.last, let baseline = rows.last(where: { $0.name == SearchMode.hybrid.rawValue }) else {
            return nil
        }
        return try RerankTrial(
            weights: weights,
            baseline: baseline.rankings,
            reranked: reranked.rankings,
            questions: set.queries.map(\.relevance)
        )
    }
}
