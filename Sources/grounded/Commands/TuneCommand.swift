// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded tune DATA`: the fusion and reranking that suit one's own documents and questions, and whether they are worth setting.
struct TuneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Choose fusion (and reranking) on one part of the questions, judge on the other, write settings if that is worth it.",
        discussion: """
            A BEIR folder with qrels/train.tsv is tuned on it and judged on --split; otherwise the questions are divided by a hash of their \
            text. Nothing is written unless the gain on the questions that had no say is more than chance (p < 0.05).
            """
    )

    @Argument(help: "Folder with corpus.jsonl, queries.jsonl and qrels/, or a CSV or TSV file of questions.")
    var data: String

    @Option(help: "The qrels to judge with, of a folder.")
    var split = "test"

    @Option(help: "The qrels to choose on, of a folder; where they are missing the questions of --split are divided.")
    var train = "train"

    @Flag(help: "Tune reranking too: on or off, and its weight.")
    var rerank = false

    @Option(help: "Write the settings to this file if they are worth it: YAML (.yaml, .yml) or environment variables.")
    var write: String?

    @Option(help: "Write a report to look at, of the settings in force beside the chosen ones.")
    var report: String?

    @Option(help: "Requests at the same time.")
    var lanes = 4

    @Flag(help: "Do not index first; the server holds the corpus already.")
    var noIndex = false

    @Flag(help: "Print JSON only.")
    var json = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func validate() throws {
        guard (1...64).contains(lanes) else { throw ValidationError("--lanes is 1 to 64") }
    }

    func run() async throws {
        let set = try TestSet(path: data, split: split)
        let (training, heldOut) = try parts(of: set)
        let result = try await ServerSession.with(server, options) { client in
            if !noIndex, !set.documents.isEmpty { _ = try await Evaluation(client: client, set: set).index() }
            let tuning = Tuning(client: client, lanes: lanes, tunesReranking: rerank, wantsExcerpts: report != nil)
            return try await tuning.run(training: training, heldOut: heldOut)
        }
        let found = TuningReport(result: result)
        if !json { print(found.text) }
        print(found.json)
        if let report {
            let judged = TestSet(name: set.name, documents: set.documents, questions: heldOut)
            try HTMLReport(EvaluationReport(set: judged, rows: result.rows)).write(to: report)
        }
        guard let write, !result.settings.isEmpty else { return }
        try SettingsFile(write).set(result.settings)
        if !json { print("wrote \(write); it is in force after the next start") }
    }

    /// Questions that nothing answers cannot be ranked, so they are left out.
    private func parts(of set: TestSet) throws(RAGError) -> (training: [TestSet.Question], heldOut: [TestSet.Question]) {
        let judging = set.questions.filter(\.isAnswerable)
        let folder = BEIRFolder(data)
        guard !set.documents.isEmpty, train != split, folder.hasSplit(train) else { return QuestionSplit.halves(judging) }
        let asked = Swift.Set(judging.map(\.text))
        return (try folder.set(split: train).questions.filter { $0.isAnswerable && !asked.contains($0.text) }, judging)
    }
}
