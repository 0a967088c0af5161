// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// One question with the first passages of each configuration, the right ones marked.
struct QuestionCard {
    let question: TestSet.Question
    /// The name, what came back, and the colour's number, for each configuration.
    let sides: [(name: String, outcome: Evaluation.Outcome)]
    let metric: Metric
    let anchor: String
    var isOpen = false

    var markup: String {
        let open = isOpen ? " open" : ""
        return """
            <details id="\(anchor)"\(open)><summary><span class="q">\(HTMLText.escaped(question.text))</span>\(badge)</summary><div class="inside">
            \(expected)<div class="sides">\(sides.enumerated().map { side($0.offset, $0.element.name, $0.element.outcome) }.joined())</div></div></details>

            """
    }

    private var badge: String {
        let values = sides.compactMap { $0.outcome.values[metric] }
        if values.count == 2, sides.count == 2 {
            let difference = values[1] - values[0]
            let style = difference > 0 ? "win" : difference < 0 ? "loss" : "even"
            return "<span class=\"badge \(style)\">\(String(format: "%+.2f", difference))</span>"
        }
        return values.first.map { "<span class=\"badge even\">\(String(format: "%.2f", $0))</span>" } ?? ""
    }

    /// The documents that are right and where each configuration has them, and the gold answer.
    private var expected: String {
        guard question.isAnswerable else { return "<p class=\"soft\">No document answers this question.</p>" }
        var markup = "<p class=\"soft\">Right: "
        markup += question.relevance.filter { $0.value > 0 }.keys.sorted().prefix(8).map { document in
            let places = sides.map { side in
                side.outcome.ranking.documents.firstIndex(of: document).map { "rank \($0 + 1)" } ?? "not found"
            }
            return "<b>\(HTMLText.shortened(document, 80))</b> (\(places.joined(separator: " → ")))"
        }.joined(separator: ", ")
        if question.relevant.count > 8 { markup += " and \(question.relevant.count - 8) more" }
        if !question.gold.isEmpty { markup += ". Expected answer: <mark>\(HTMLText.shortened(question.gold[0], 200))</mark>" }
        return markup + "</p>"
    }

    private func side(_ number: Int, _ name: String, _ outcome: Evaluation.Outcome) -> String {
        var markup = "<div><h3 class=\"s\(number % 6)\">\(HTMLText.escaped(name))"
        if let value = outcome.values[metric] { markup += " · \(metric.title) \(String(format: "%.2f", value))" }
        markup += "</h3>"
        if let answer = outcome.answer {
            let text = answer.text.map { HTMLText.marked(String($0.prefix(1_500)), question.gold) } ?? "<i>not answered</i>"
            markup += "<div class=\"answer\">\(text)</div>"
        }
        for (place, excerpt) in outcome.excerpts.enumerated() { markup += passage(place + 1, excerpt) }
        if outcome.excerpts.isEmpty { markup += "<p class=\"soft\">Nothing was found.</p>" }
        return markup + "</div>"
    }

    private func passage(_ rank: Int, _ excerpt: Evaluation.Excerpt) -> String {
        let isRight = question.relevant.contains(excerpt.document)
        let name = excerpt.title.map { $0 == excerpt.document ? $0 : "\($0) (\(excerpt.document))" } ?? excerpt.document
        let text = String(excerpt.text.prefix(900)) + (excerpt.text.count > 900 ? "…" : "")
        return """
            <article class="passage\(isRight ? " right" : "")"><header><span>\(rank).</span><span>\(HTMLText.shortened(name, 140))</span>\
            \(isRight ? "<em>✓ right</em>" : "")</header><p>\(HTMLText.marked(text, question.gold))</p></article>
            """
    }
}
