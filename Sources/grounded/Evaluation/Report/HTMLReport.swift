// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// The report as one HTML file: no scripts, nothing loaded from elsewhere, every text escaped.
struct HTMLReport {
    /// Most cards of each kind.
    private static let cards = 25

    private let report: EvaluationReport

    /// The metric that questions are ordered by.
    private let leading: Metric

    init(_ report: EvaluationReport) {
        self.report = report
        leading = report.comparison?.leading?.metric ?? report.metrics.first ?? .nDCG
    }

    /// - Throws: `unavailable` if the file cannot be written.
    func write(to path: String) throws(RAGError) {
        do {
            try Data(markup.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw RAGError(.unavailable, "cannot write \(path)", cause: error)
        }
    }

    var markup: String {
        let name = HTMLText.escaped(report.set.name)
        let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(policy)"><meta name="referrer" content="no-referrer">
            <title>\(name): evaluation</title><style>\(HTMLStyle.sheet)</style></head><body><main>
            <h1>\(name)</h1><p class="soft">\(HTMLText.escaped(subtitle))</p>
            \(verdict)\(tiles)\(quality)\(latency)\(differences)\(questions)\(footer)
            </main></body></html>

            """
    }

    private var subtitle: String {
        let documents = report.set.documents.isEmpty ? "" : "\(report.set.documents.count) documents, "
        let date = Date().formatted(.iso8601.year().month().day())
        return "\(documents)\(report.questions) · \(date) · Grounded \(Version.current)"
    }

    private var verdict: String {
        var markup = report.comparison.map { "<div class=\"verdict\">\(HTMLText.escaped($0.verdict))</div>" } ?? ""
        if !report.missing.isEmpty {
            let some = report.missing.prefix(5).joined(separator: ", ")
            markup +=
                "<p class=\"soft\">\(report.missing.count) expected documents are not on the server: \(HTMLText.shortened(some, 300))</p>"
        }
        return markup
    }

    private var tiles: String {
        let tiles = report.rows.enumerated().map { number, row in
            let mean = row.means[leading].map { String(format: "%.3f", $0.mean) } ?? "–"
            let speed = row.latency.map { " · p50 \(Figures.milliseconds($0.percentile(0.5))) ms" } ?? ""
            return """
                <div class="tile"><span class="who s\(number % 6)">\(HTMLText.escaped(row.name))</span>\
                <b>\(mean)</b><span class="soft">\(leading.title)\(speed)</span></div>
                """
        }
        return "<div class=\"tiles\">\(tiles.joined())</div>"
    }

    private var legend: String {
        let names = report.rows.enumerated().map { "<span class=\"s\($0.offset % 6)\">\(HTMLText.escaped($0.element.name))</span>" }
        return "<div class=\"legend\">\(names.joined())</div>"
    }

    private var quality: String {
        guard !report.metrics.isEmpty else { return "" }
        let meanings = report.metrics.map { "\($0.title): \($0.meaning)" }.joined(separator: "; ")
        return """
            <h2>Quality</h2><p class="soft">A dot is the mean over the questions, the bar its 95% interval (1,000 resamples of the questions).</p>\(legend)
            <figure>\(QualityChart(rows: report.rows, metrics: report.metrics).markup)</figure><p class="soft">\(HTMLText.escaped(meanings)).</p>
            """
    }

    private var latency: String {
        let chart = LatencyChart(rows: report.rows, metric: leading).markup
        guard !chart.isEmpty else { return "" }
        let note = HTMLText.escaped(report.latencyNote.prefix(1).uppercased() + report.latencyNote.dropFirst())
        return """
            <h2>Quality against latency</h2><p class="soft">Up and to the left is better.</p>\(legend)<figure>\(chart)</figure>
            <p class="soft">\(note).</p>
            """
    }

    private var differences: String {
        guard let comparison = report.comparison, let leading = comparison.leading else { return "" }
        let paired = leading.paired
        let chances =
            "p by randomisation \(Figures.probability(paired.pValue)), t-test \(Figures.probability(paired.tTest)), "
            + "Wilcoxon \(Figures.probability(paired.signedRank))"
        return """
            <h2>“\(HTMLText.escaped(comparison.second.name))” minus “\(HTMLText.escaped(comparison.first.name))”</h2>
            <p class="soft">Question by question; right of the line the second is better. Grey is no more than chance (p ≥ 0.05).
            \(leading.metric.title): \(HTMLText.escaped(chances)).</p><figure>\(DifferenceChart(comparison: comparison).markup)</figure>
            """
    }
}

// Question by question.
extension HTMLReport {
    /// Wins and losses where two were compared, else the questions that went worst; then what was answered although nothing answers it.
    private var questions: String {
        guard !report.rows.isEmpty else { return "" }
        let unanswerable = section("Answered, though nothing answers them", "These questions should have been refused.", wronglyAnswered)
        guard let comparison = report.comparison else {
            let best = report.rows.indices.max { (mean($0), -$0) < (mean($1), -$1) } ?? 0
            let worst = places { report.rows[best].outcomes[$0].values[leading].map { 1 - $0 } }
            return section("Where “\(report.rows[best].name)” does worst", "", worst, only: best) + unanswerable
        }
        func difference(_ place: Int) -> Double? {
            guard let first = comparison.first.outcomes[place].values[leading] else { return nil }
            return comparison.second.outcomes[place].values[leading].map { $0 - first }
        }
        let wins = places(difference)
        let losses = places { place in difference(place).map { -$0 } }
        let cards = Dictionary((wins + losses).map { ($0, anchor($0)) }) { first, _ in first }
        let chart = QuestionChart(comparison: comparison, questions: report.set.questions, metric: leading, cards: cards).markup
        let count = "\(comparison.leading?.paired.wins ?? 0) better, \(comparison.leading?.paired.losses ?? 0) worse"
        return """
            <h2>Question by question</h2><p class="soft">Difference in \(leading.title), best first: \(count). The tallest bars lead to their questions.</p>
            <figure>\(chart)</figure>
            """ + section("Wins of “\(comparison.second.name)”", "", wins) + section("Losses of “\(comparison.second.name)”", "", losses)
                + unanswerable
    }

    private func mean(_ row: Int) -> Double { report.rows[row].means[leading]?.mean ?? -1 }

    /// The questions with the largest values above 0, largest first.
    private func places(_ value: (Int) -> Double?) -> [Int] {
        let values = report.set.questions.indices.compactMap { place in value(place).map { (place: place, value: $0) } }
        let sorted = values.filter { $0.value > 1e-9 }.sorted { $0.value == $1.value ? $0.place < $1.place : $0.value > $1.value }
        return sorted.prefix(Self.cards).map(\.place)
    }

    private var wronglyAnswered: [Int] {
        report.set.questions.indices.filter { place in
            !report.set.questions[place].isAnswerable && report.rows.contains { $0.outcomes[place].values[.refusal] == 0 }
        }.prefix(Self.cards).map(\.self)
    }

    private func anchor(_ place: Int) -> String { "question-\(place + 1)" }

    private func section(_ title: String, _ note: String, _ places: [Int], only row: Int? = nil) -> String {
        guard !places.isEmpty else { return "" }
        let rows = row.map { [report.rows[$0]] } ?? report.rows
        let cards = places.enumerated().map { number, place in
            QuestionCard(
                question: report.set.questions[place],
                sides: rows.map { ($0.name, $0.outcomes[place]) },
                metric: leading,
                anchor: anchor(place),
                isOpen: number == 0
            ).markup
        }
        return "<h2>\(HTMLText.escaped(title))</h2><p class=\"soft\">\(HTMLText.escaped(note))</p>" + cards.joined()
    }

    private var footer: String {
        let lanes = "Asked in \(String(format: "%.1f", report.asking.seconds)) s with \(report.asking.lanes) requests at a time."
        let degraded = report.rows.flatMap { row in row.degraded.sorted { $0.key < $1.key }.map { "\(row.name): \($0.key) × \($0.value)" } }
        let note = degraded.isEmpty ? "Nothing was degraded." : "Degraded: \(degraded.joined(separator: ", "))."
        return "<h2>How it was measured</h2><p class=\"soft\">\(HTMLText.escaped("\(lanes) \(note)"))</p>"
    }
}
