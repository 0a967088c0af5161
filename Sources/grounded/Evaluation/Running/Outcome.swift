// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension Evaluation {
    /// What came back for one question.
    struct Ranking: Sendable {
        var documents: [String] = []
        var fused: [Float] = []
        /// nil where a passage was not judged.
        var judged: [Float?] = []
        var degraded: [String] = []
        /// Milliseconds.
        var rerankTime = 0.0

        init(
            documents: [String] = [],
            fused: [Float] = [],
            judged: [Float?] = [],
            degraded: [String] = [],
            rerankTime: Double = 0
        ) {
            self.documents = documents
            self.fused = fused
            self.judged = judged
            self.degraded = degraded
            self.rerankTime = rerankTime
        }

        init(_ reply: JSONValue) {
            for passage in reply["passages"]?.array ?? [] {
                guard let document = passage["document_id"]?.string else { continue }
                documents.append(document)
                fused.append(Float(passage["scores"]?["fused"]?.number ?? 0))
                judged.append(passage["scores"]?["rerank"]?.number.map { Float($0) })
            }
            degraded = (reply["degraded"]?.array ?? []).compactMap(\.string)
            rerankTime = reply["timings_ms"]?["rerank"]?.number ?? 0
        }
    }

    /// One of the first passages, to be shown.
    struct Excerpt: Sendable {
        /// Most bytes of a passage that are kept.
        static let limit = 4_000

        let document: String
        let title: String?
        let text: String

        init?(_ passage: JSONValue) {
            guard let document = passage["document_id"]?.string, let text = passage["text"]?.string else { return nil }
            self.document = document
            title = passage["title"]?.string
            self.text = text.utf8.count > Self.limit ? String(text.prefix(Self.limit / 4)) + "…" : text
        }
    }

    /// An answer and what it cites.
    struct Answer: Sendable {
        var text: String?
        var cited: [String]
        var isRefused: Bool

        init(text: String?, cited: [String], isRefused: Bool) {
            self.text = text
            self.cited = cited
            self.isRefused = isRefused
        }

        init(_ reply: JSONValue) {
            text = reply["answer"]?.string
            cited = (reply["citations"]?.array ?? []).compactMap { $0["document_id"]?.string }
            isRefused = reply["reason"]?.string == "nothing_relevant"
        }
    }

    /// One question, asked in one way, measured.
    struct Outcome: Sendable {
        let ranking: Ranking
        /// The first passages; empty where nobody wants to see them.
        let excerpts: [Excerpt]
        /// nil where no answer was asked for.
        let answer: Answer?
        /// Only the metrics that mean something for this question.
        let values: [Metric: Double]

        /// - Parameter depth: How many documents were asked for; metrics that look further are left out.
        init(_ question: TestSet.Question, _ ranking: Ranking, depth: Int = 100, excerpts: [Excerpt] = [], answer: Answer? = nil) {
            self.ranking = ranking
            self.excerpts = excerpts
            self.answer = answer
            values = Self.values(question, ranking.documents, depth, answer)
        }

        private static func values(
            _ question: TestSet.Question,
            _ documents: [String],
            _ depth: Int,
            _ answer: Answer?
        ) -> [Metric: Double] {
            guard question.isAnswerable else { return answer.map { [.refusal: $0.isRefused ? 1 : 0] } ?? [:] }
            let relevance = question.relevance
            var values: [Metric: Double] = [
                .nDCG: RankingMetrics.nDCG(documents, relevance),
                .recall10: RankingMetrics.recall(documents, relevance, depth: 10),
                .recall100: RankingMetrics.recall(documents, relevance),
                .reciprocalRank: RankingMetrics.reciprocalRank(documents, relevance),
                .averagePrecision: RankingMetrics.averagePrecision(documents, relevance),
            ]
            if depth < 100 { for metric in [Metric.recall100, .averagePrecision] { values[metric] = nil } }
            if depth < 10 { for metric in [Metric.nDCG, .recall10, .reciprocalRank] { values[metric] = nil } }
            guard let answer else { return values }
            if !question.gold.isEmpty { values[.goldAnswer] = GoldAnswer.isContained(question.gold, in: answer.text ?? "") ? 1 : 0 }
            if !answer.cited.isEmpty {
                values[.citationPrecision] = Double(answer.cited.count(where: question.relevant.contains)) / Double(answer.cited.count)
            }
            return values
        }
    }
}
