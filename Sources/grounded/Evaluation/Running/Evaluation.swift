// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Runs a test set's questions against a server and measures what comes back.
struct Evaluation: Sendable {
    /// One configuration's figures.
    struct Row: Sendable {
        let configuration: QueryConfiguration
        /// In the order of the questions.
        let outcomes: [Outcome]
        /// Only those that mean something for at least one question.
        let means: [Metric: BootstrappedMean]
        /// nil where it was not measured.
        var latency: Latency?

        init(_ configuration: QueryConfiguration, _ outcomes: [Outcome]) {
            self.configuration = configuration
            self.outcomes = outcomes
            means = Dictionary(
                uniqueKeysWithValues: Metric.allCases.compactMap { metric in
                    let values = outcomes.compactMap { $0.values[metric] }
                    return values.isEmpty ? nil : (metric, BootstrappedMean(values))
                }
            )
        }

        var name: String { configuration.name }
        var rankings: [Ranking] { outcomes.map(\.ranking) }

        /// The share of all questions that were answered `nothing_relevant`; nil if answers were not asked for.
        var refused: Double? {
            let answers = outcomes.compactMap(\.answer)
            return answers.isEmpty ? nil : Double(answers.count(where: \.isRefused)) / Double(answers.count)
        }

        /// How often each word stood in `degraded`.
        var degraded: [String: Int] {
            outcomes.flatMap(\.ranking.degraded).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    /// Passages of a question that are kept to be shown.
    private static let excerpts = 5

    let client: ServerClient
    let set: TestSet
    /// Requests at the same time; latency is measured without company.
    var lanes = 4
    var wantsAnswers = false
    /// Whether passages are kept to be shown.
    var wantsExcerpts = false

    /// Asks every question in every configuration.
    /// - Returns: The rows in the configurations' order, without latencies, and the seconds it took.
    func run(_ configurations: [QueryConfiguration]) async throws -> (rows: [Row], seconds: Double) {
        let start = ContinuousClock.now
        let ways = configurations.count
        let names = configurations.map(\.name).joined(separator: ", ")
        let outcomes = try await Lanes.map(set.questions.count * ways, lanes: lanes, title: "asking (\(names))") { place in
            try await ask(set.questions[place / ways], configurations[place % ways])
        }
        let rows = configurations.enumerated().map { number, configuration in
            Row(configuration, stride(from: number, to: outcomes.count, by: ways).map { outcomes[$0] })
        }
        return (rows, start.duration(to: .now).inSeconds)
    }

    private func ask(_ question: TestSet.Question, _ configuration: QueryConfiguration) async throws -> Outcome {
        let reply = try await client.send("POST", "/query", json: configuration.ranking(of: question.text))
        var answer: Answer?
        if wantsAnswers {
            answer = Answer(try await client.send("POST", "/query", json: configuration.asking(question.text, answer: true)))
        }
        let shown = wantsExcerpts ? (reply["passages"]?.array ?? []).prefix(Self.excerpts).compactMap(Excerpt.init) : []
        return Outcome(question, Ranking(reply), depth: configuration.depth, excerpts: shown, answer: answer)
    }

    /// The documents that the questions expect and the server does not have, sorted.
    func missingDocuments() async throws -> [String] {
        let expected = Set(set.questions.flatMap(\.relevant)).sorted()
        let missing = try await Lanes.map(expected.count, lanes: lanes, title: "looking for the documents") { place -> String? in
            do {
                _ = try await client.send("GET", "/documents/\(ServerClient.escaped(expected[place]))")
                return nil
            } catch let error as RAGError where error.code == .notFound {
                return expected[place]
            }
        }
        return missing.compactMap(\.self)
    }
}
