// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What is measured of one question, each from 0 to 1 with 1 the best. Raw values are the names in JSON.
enum Metric: String, Sendable, CaseIterable {
    case nDCG = "ndcg_at_10"
    case recall10 = "recall_at_10"
    case recall100 = "recall_at_100"
    case reciprocalRank = "mrr_at_10"
    case averagePrecision = "map"
    /// Whether the answer says what the gold answer says; only where there is one.
    case goldAnswer = "answer_contains_gold"
    /// The share of an answer's citations that are of a relevant document; only where there are citations.
    case citationPrecision = "citation_precision"
    /// Whether a question that no document answers is not answered; only for those.
    case refusal = "refusal_on_unanswerable"

    /// As people read it.
    var title: String {
        switch self {
        case .nDCG: "nDCG@10"
        case .recall10: "recall@10"
        case .recall100: "recall@100"
        case .reciprocalRank: "MRR@10"
        case .averagePrecision: "MAP@100"
        case .goldAnswer: "answer contains gold"
        case .citationPrecision: "citation precision"
        case .refusal: "refusal on unanswerable"
        }
    }

    /// What it means, in a few words.
    var meaning: String {
        switch self {
        case .nDCG: "how near the top the right documents are, by grade"
        case .recall10: "share of the right documents among the first 10"
        case .recall100: "share of the right documents among the first 100"
        case .reciprocalRank: "one over the rank of the first right document"
        case .averagePrecision: "precision at every right document, averaged"
        case .goldAnswer: "the expected words stand in the answer"
        case .citationPrecision: "share of citations that are of a right document"
        case .refusal: "questions without an answer that are not answered"
        }
    }

    /// The metrics of a ranking, in the order in which they are shown.
    static let ofRanking: [Metric] = [.nDCG, .recall10, .recall100, .reciprocalRank, .averagePrecision]
}
