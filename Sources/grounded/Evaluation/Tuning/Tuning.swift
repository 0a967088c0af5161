// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// Chooses settings on one part of the questions and judges them on the other.
struct Tuning: Sendable {
    /// What was found.
    struct Result: Sendable {
        let training: [TestSet.Question]
        let heldOut: [TestSet.Question]
        let search: FusionSearch
        /// The server as it is beside the chosen fusion, on the held-out questions.
        let rows: [Evaluation.Row]
        let comparison: PairedComparison
        /// Whether the held-out figures are the server's own; otherwise its fusion was computed here.
        let isVerified: Bool
        var rerank: (search: RerankSearch, comparison: PairedComparison, p95: Double)?

        var fusion: Fusion { search.best.fusion }
        /// Whether the chosen fusion is better on questions that had no say in it, by more than chance.
        var helps: Bool { comparison.isSignificant && comparison.difference.mean > 0 }
        var rerankHelps: Bool {
            rerank.map { $0.comparison.isSignificant && $0.comparison.difference.mean > 0 && $0.search.best.weight > 0 } ?? false
        }

        /// What is worth setting; empty where nothing was gained for certain.
        var settings: [(key: SettingKey, value: String)] {
            var settings: [(key: SettingKey, value: String)] = []
            if helps { settings += [(.fusion, fusion.word), (.denseWeight, fusion.weightText)] }
            if rerankHelps, let best = rerank?.search.best {
                settings += [(.rerank, "on"), (.rerankWeight, String(best.weight)), (.rerankCandidates, String(best.candidates))]
            }
            return settings
        }
    }

    /// Fewest questions on each side.
    static let leastQuestions = 20
    /// Passages asked for when rankings are judged: candidates are then as many as for anybody's question.
    private static let depth = 33

    let client: ServerClient
    var lanes = 4
    var tunesReranking = false
    var wantsExcerpts = false

    /// - Throws: `invalidField` where there are too few questions to learn from.
    func run(training: [TestSet.Question], heldOut: [TestSet.Question]) async throws -> Result {
        guard training.count >= Self.leastQuestions, heldOut.count >= Self.leastQuestions else {
            let counts = "\(training.count) to choose on and \(heldOut.count) to judge with"
            throw RAGError(.invalidField, "there are \(counts); give at least \(Self.leastQuestions) of each", field: "questions")
        }
        let source = CandidateSource(client: client, lanes: lanes)
        let takesFusion = try await source.takesFusion()
        let candidates = try await source.candidates(training, isComplete: takesFusion, title: "reading scores")
        let search = await Self.search(candidates, knowsCeilings: takesFusion)
        let (rows, values) = try await judge(search.best.fusion, heldOut, takesFusion: takesFusion, source)
        var result = Result(
            training: training,
            heldOut: heldOut,
            search: search,
            rows: rows,
            comparison: PairedComparison(values.current, values.chosen),
            isVerified: takesFusion
        )
        if tunesReranking {
            result.rerank = try await rerank(training, heldOut, fusion: result.helps && takesFusion ? search.best.fusion : nil)
        }
        return result
    }

    @concurrent
    private static func search(_ candidates: [CandidateScores], knowsCeilings: Bool) async -> FusionSearch {
        FusionSearch(candidates, knowsCeilings: knowsCeilings)
    }

    /// The held-out questions as the server answers them today and with the chosen fusion.
    private func judge(
        _ fusion: Fusion,
        _ heldOut: [TestSet.Question],
        takesFusion: Bool,
        _ source: CandidateSource
    ) async throws -> (rows: [Evaluation.Row], values: (current: [Double], chosen: [Double])) {
        func nDCG(_ row: Evaluation.Row) -> [Double] { row.outcomes.compactMap { $0.values[.nDCG] } }
        let members: [String: JSONValue] = ["rerank": .bool(false), "top_k": .integer(Int64(Self.depth))]
        let current = QueryConfiguration(name: "settings in force", members: members)
        guard takesFusion else {
            let rows = try await evaluation(heldOut).run([current]).rows
            let candidates = try await source.candidates(heldOut, isComplete: false, title: "reading scores")
            return (rows, (nDCG(rows[0]), candidates.map { $0.nDCG(fusion) }))
        }
        let chosen = QueryConfiguration(name: fusion.title, members: members.merging(Self.members(fusion)) { $1 })
        let rows = try await evaluation(heldOut).run([current, chosen]).rows
        return (rows, (nDCG(rows[0]), nDCG(rows[1])))
    }

    private func rerank(
        _ training: [TestSet.Question],
        _ heldOut: [TestSet.Question],
        fusion: Fusion?
    ) async throws -> (search: RerankSearch, comparison: PairedComparison, p95: Double) {
        var members: [String: JSONValue] = ["top_k": .integer(Int64(Self.depth))]
        if let fusion { members.merge(Self.members(fusion)) { $1 } }
        let ways = [false, true].map { on in
            QueryConfiguration(name: on ? "reranked" : "not reranked", members: members.merging(["rerank": .bool(on)]) { $1 })
        }
        let learned = try await evaluation(training).run(ways).rows
        let judged = try await evaluation(heldOut).run(ways).rows
        guard judged[1].rankings.contains(where: { $0.judged.contains { $0 != nil } }) else {
            throw RAGError(.unavailable, "the server reranked nothing; set RERANKER and see its log")
        }
        let search = RerankSearch(baseline: learned[0], reranked: learned[1], questions: training)
        let off = RerankSearch.Entry(weight: 0, candidates: 1, nDCG: 0)
        let values = [off, search.best].map {
            RerankSearch.values($0, baseline: judged[0], reranked: judged[1], questions: heldOut)
        }
        let times = judged[1].rankings.map(\.rerankTime).sorted()
        return (search, PairedComparison(values[0], values[1]), times.percentile(0.95))
    }

    private func evaluation(_ questions: [TestSet.Question]) -> Evaluation {
        var evaluation = Evaluation(client: client, set: TestSet(name: "", documents: [], questions: questions), lanes: lanes)
        evaluation.wantsExcerpts = wantsExcerpts
        return evaluation
    }

    /// The members that fuse so for one query.
    private static func members(_ fusion: Fusion) -> [String: JSONValue] {
        let weight = Double(fusion.weightText) ?? Double(fusion.denseWeight)
        return ["fusion": .object(["method": .string(fusion.word), "dense_weight": .number(weight)])]
    }
}
