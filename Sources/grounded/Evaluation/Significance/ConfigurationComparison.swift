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
        let isSecond = paired.difference.mean > 0
        let (better, worse) = isSecond ? (second, first) : (first, second)
        let metric = leading.metric.title
        guard paired.isSignificant else {
            let figures = "\(Figures.interval(signed: paired.difference)), \(Figures.chance(paired.pValue))"
            return "No difference in \(metric) that is more than chance: “\(second.name)” minus “\(first.name)” is \(figures)."
        }
        let ends = [paired.difference.lower, paired.difference.upper].map { isSecond ? $0 : -$0 }.sorted().map { Figures.plain($0) }
        let interval = "95% interval \(ends[0]) to \(ends[1])"
        let gain = Figures.plain(abs(paired.difference.mean))
        return "“\(better.name)” is better than “\(worse.name)” by \(gain) \(metric) (\(interval), \(Figures.chance(paired.pValue)))."
    }
}
