// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded eval DATA`: retrieval quality, answers and latency on questions with known answers, through the public API.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure quality and latency on a BEIR folder or a CSV of questions; compare two configurations.",
        discussion: """
            A BEIR folder is put in first (what is there already is recognised). A CSV has the columns question, document and answer; its \
            documents are expected on the server; a question without a document is one that nothing answers.

            grounded eval questions.csv --compare "mode=hybrid" "mode=lexical top_k=20" --report report.html
            """
    )

    @Argument(help: "Folder with corpus.jsonl, queries.jsonl and qrels/, or a CSV or TSV file of questions.")
    var data: String

    @Option(help: "Which qrels to use, of a folder.")
    var split = "test"

    @Option(help: "Modes, comma-separated. [default: lexical,dense,hybrid; with --rerank: hybrid]")
    var modes: String?

    @Option(
        parsing: .upToNextOption,
        help: "Two configurations: members of POST /query as in \"mode=dense top_k=20\", or JSON files of them; \"\" asks with nothing."
    )
    var compare: [String] = []

    @Flag(help: "Run hybrid with reranking too, say whether it helps, and with which weight.")
    var rerank = false

    @Option(help: "The reranker's weights to try, comma-separated, 0 to 1.")
    var weights = "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1"

    @Flag(
        inversion: .prefixedNo,
        help: "Have the questions answered too. [default: where the set has gold answers in a CSV, or questions that nothing answers]"
    )
    var answers: Bool?

    @Option(help: "Most questions, evenly spread over the set.")
    var limit: Int?

    @Option(help: "Requests at the same time; latency is measured one by one whatever this is.")
    var lanes = 4

    @Option(help: "Questions that latency is measured with; 0 measures none.")
    var timed = 100

    @Option(help: "Write a report to look at: one HTML file that needs nothing else.")
    var report: String?

    @Flag(help: "Do not index first; the server holds the corpus already.")
    var noIndex = false

    @Flag(help: "Print JSON only.")
    var json = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func validate() throws {
        guard compare.isEmpty || compare.count == 2 else {
            throw ValidationError("--compare wants two configurations, not \(compare.count)")
        }
        guard compare.isEmpty || (modes == nil && !rerank) else {
            throw ValidationError("--compare says what is asked; leave out --modes and --rerank")
        }
        guard (1...64).contains(lanes) else { throw ValidationError("--lanes is 1 to 64") }
        guard timed >= 0, limit ?? 1 > 0 else { throw ValidationError("--timed and --limit count questions") }
    }

    func run() async throws {
        let set = try TestSet(path: data, split: split, limit: limit)
        let configurations = try configurations()
        let weights = try triedWeights()
        var result = try await ServerSession.with(server, options) { client in
            try await measure(set, configurations, client)
        }
        result.trial = try trial(result.rows, set, weights)
        if let report { try HTMLReport(result).write(to: report) }
        if !json { print(result.table) }
        print(result.json)
        if let report, !json { print("the report is \(report)") }
    }

    private func measure(_ set: TestSet, _ configurations: [QueryConfiguration], _ client: ServerClient) async throws -> EvaluationReport {
        var evaluation = Evaluation(client: client, set: set, lanes: lanes)
        evaluation.wantsAnswers = answers ?? set.wantsAnswers
        evaluation.wantsExcerpts = report != nil
        let indexed = noIndex || set.documents.isEmpty ? nil : try await evaluation.index()
        let missing = set.documents.isEmpty ? try await evaluation.missingDocuments() : []
        if !missing.isEmpty, missing.count == Swift.Set(set.questions.flatMap(\.relevant)).count {
            throw RAGError(
                .notFound,
                "the server has none of the documents that the questions expect, such as \(missing[0]); index them first"
            )
        }
        var (rows, seconds) = try await evaluation.run(configurations)
        let probe = LatencyProbe(client: client, questions: set.questions, wantsAnswers: evaluation.wantsAnswers)
        let timing = timed > 0 ? try await probe.run(configurations, count: timed) : nil
        for index in rows.indices { rows[index].latency = timing?.latencies[index] }
        var report = EvaluationReport(set: set, rows: rows)
        report.indexed = indexed
        report.asking = (seconds, lanes)
        report.embedding = timing?.embedding ?? []
        report.missing = missing
        return report
    }

    private func configurations() throws -> [QueryConfiguration] {
        if !compare.isEmpty {
            let parsed = try compare.map { text throws(RAGError) in try QueryConfiguration(parsing: text) }
            guard parsed[0].name != parsed[1].name else {
                throw ValidationError("the two configurations are called the same; give one a name=")
            }
            return parsed
        }
        let names = (modes ?? (rerank ? SearchMode.hybrid.rawValue : "lexical,dense,hybrid")).split(separator: ",")
        var configurations = try names.map { name in
            guard let mode = SearchMode(rawValue: String(name)) else { throw ValidationError("there is no mode \(name)") }
            return Self.configuration(mode)
        }
        guard rerank else { return configurations }
        if !configurations.contains(where: { $0.mode == .hybrid }) { configurations.append(Self.configuration(.hybrid)) }
        configurations.append(Self.configuration(.hybrid, rerank: true))
        return configurations
    }

    /// Whether to rerank is said with every question, so that the server's own setting does not decide.
    private static func configuration(_ mode: SearchMode, rerank: Bool = false) -> QueryConfiguration {
        QueryConfiguration(
            name: rerank ? "\(mode.rawValue)+rerank" : mode.rawValue,
            members: ["mode": .string(mode.rawValue), "rerank": .bool(rerank)]
        )
    }

    private func triedWeights() throws -> [Float] {
        try weights.split(separator: ",").map { text in
            guard let weight = Float(text), (0...1).contains(weight) else { throw ValidationError("\(text) is no weight from 0 to 1") }
            return weight
        }
    }

    /// What the two hybrid runs say about reranking; nil where it was not asked for.
    private func trial(_ rows: [Evaluation.Row], _ set: TestSet, _ weights: [Float]) throws -> RerankTrial? {
        guard rerank, let reranked = rows.last, let baseline = rows.last(where: { $0.name == SearchMode.hybrid.rawValue }) else {
            return nil
        }
        return try RerankTrial(
            weights: weights,
            baseline: baseline.rankings,
            reranked: reranked.rankings,
            questions: set.questions.map(\.relevance)
        )
    }
}
