// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Two configurations over the same questions, by every metric that both have.
struct ConfigurationComparison: Sendable {
    struct Entry: Sendable {
        let metric: Metric
        let paired: PairedComparison
    }

    let first: Evaluation.Row
    let second: Evaluation.Row
    /// In the order in which metrics are shown.
    let entries: [Entry]

    init(_ first: Evaluation.Row, _ second: Evaluation.Row) {
        self.first = first
        self.second = second
        entries = Metric.allCases.compactMap { metric in
            let pairs = zip(first.outcomes, second.outcomes).compactMap { a, b in
                if let a = a.values[metric], let b = b.values[metric] { (a, b) } else { nil }
            }
            return pairs.isEmpty ? nil : Entry(metric: metric, paired: PairedComparison(pairs.map(\.0), pairs.map(\.1)))
        }
    }

    /// The metric that the verdict is about: nDCG@10 where anything was judged.
    var leading: Entry? { entries.first }

    /// What was found, in one sentence.
    var verdict: String {
        guard let leading else { return "There is nothing to compare." }
        let paired = leading.paired
        let figures = "\(Figures.interval(signed: paired.difference)), p = \(Figures.probability(paired.pValue))"
        guard paired.isSignificant else {
            return
                "No difference in \(leading.metric.title) that is more than chance: “\(second.name)” minus “\(first.name)” is \(figures)."
        }
        let (better, worse) = paired.difference.mean > 0 ? (second, first) : (first, second)
        return "“\(better.name)” is better than “\(worse.name)”: \(leading.metric.title) of second minus first is \(figures)."
    }
}
