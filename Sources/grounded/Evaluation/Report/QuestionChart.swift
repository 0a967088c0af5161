// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// One bar per question, best difference first: wins stand above the line, losses hang below.
struct QuestionChart {
    private static let left = 46.0
    private static let right = 870.0
    private static let zero = 92.0
    private static let height = 80.0

    let comparison: ConfigurationComparison
    let questions: [TestSet.Question]
    let metric: Metric
    /// The cards that bars lead to, by the question's place in the set.
    let cards: [Int: String]

    var markup: String {
        let differences = zip(comparison.first.outcomes, comparison.second.outcomes).enumerated().compactMap {
            place,
            pair -> (place: Int, value: Double)? in
            guard let first = pair.0.values[metric], let second = pair.1.values[metric] else { return nil }
            return (place, second - first)
        }.sorted { $0.value == $1.value ? $0.place < $1.place : $0.value > $1.value }
        guard !differences.isEmpty else { return "" }
        var canvas = SVGCanvas(width: 880, height: 190, label: "Difference in \(metric.title) of every question, best first")
        for value in [1.0, 0.5, -0.5, -1] {
            canvas.line(Self.left, y(value), Self.right, y(value), "grid")
            canvas.text(Self.left - 8, y(value) + 4, String(format: "%+.1f", value), "tick", anchor: "end")
        }
        let width = (Self.right - Self.left) / Double(differences.count)
        for (number, difference) in differences.enumerated() where difference.value != 0 {
            let question = questions[difference.place]
            let title = String(format: "%+.3f  ", difference.value) + question.text.prefix(200)
            let top = min(y(difference.value), Self.zero)
            canvas.bar(
                Self.left + width * Double(number),
                top,
                max(width - (width > 3 ? 1 : 0), 0.4),
                max(abs(y(difference.value) - Self.zero), 1),
                difference.value > 0 ? "win" : "loss",
                title: title,
                link: cards[difference.place]
            )
        }
        canvas.line(Self.left, Self.zero, Self.right, Self.zero, "zero")
        return canvas.markup
    }

    private func y(_ value: Double) -> Double { Self.zero - Self.height * value }
}
