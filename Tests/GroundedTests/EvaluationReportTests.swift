// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import grounded

@Suite("The report of an evaluation") struct EvaluationReportTests {
    static let hostile = "<script>alert('x')</script>\"&\u{0}"

    private func passage(_ document: String, _ text: String) throws -> Evaluation.Excerpt {
        try #require(
            Evaluation.Excerpt(.object(["document_id": .string(document), "text": .string(text), "title": .string(Self.hostile)]))
        )
    }

    private func report(names: [String], hostile: String = "") throws -> EvaluationReport {
        let questions = (0..<30).map { number in
            TestSet.Question(
                id: "\(number)",
                text: "question \(number) \(hostile)",
                relevance: number == 29 ? [:] : ["right\(hostile)": 1],
                gold: ["gold"]
            )
        }
        var rows: [Evaluation.Row] = []
        for (place, name) in names.enumerated() {
            let outcomes = try questions.enumerated().map { number, question in
                let documents = (number + place) % 3 == 0 ? ["right\(hostile)", "wrong"] : ["wrong", "right\(hostile)"]
                return Evaluation.Outcome(
                    question,
                    Evaluation.Ranking(documents: documents, degraded: number == 0 ? ["vector"] : []),
                    excerpts: try documents.map { try passage($0, "a golden text with Gold \(hostile)") },
                    answer: Evaluation.Answer(text: "It is gold \(hostile)", cited: documents, isRefused: false)
                )
            }
            rows.append(Evaluation.Row(QueryConfiguration(name: name, members: [:]), outcomes))
            rows[place].latency = Latency(times: [1, 2, Double(place + 1) * 3], remembered: 0)
        }
        return EvaluationReport(set: TestSet(name: "set\(hostile)", documents: [], questions: questions), rows: rows)
    }

    @Test func twoConfigurationsAreComparedInEveryForm() throws {
        let report = try report(names: ["one", "two"])
        #expect(report.table.contains("“two” minus “one”"))
        #expect(report.table.contains("nDCG@10") && report.table.contains("refusal on unanswerable"))
        let json = try JSONValue(parsing: Array(report.json.utf8))
        #expect(json["modes"]?["one"]?["ndcg_at_10"]?["mean"]?.number.map { $0 > 0.5 } == true)
        #expect(json["modes"]?["two"]?["p95_ms"]?.number == 6)
        #expect(json["comparison"]?["metrics"]?["ndcg_at_10"]?["wins"]?.integer.map { $0 > 5 } == true)
        #expect(json["unanswerable"]?.integer == 1)
        let page = HTMLReport(report).markup
        for part in [
            "Wins of “two”", "Losses of “two”", "Quality against latency", "✓ right", "<mark>Gold</mark>", "though nothing answers",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.components(separatedBy: "<svg").count == 5)
    }

    @Test func oneConfigurationShowsWhereItDoesWorst() throws {
        let report = try report(names: ["only"])
        #expect(report.comparison == nil)
        let page = HTMLReport(report).markup
        #expect(page.contains("Where “only” does worst") && !page.contains("minus"))
        #expect(try HTMLReport(self.report(names: ["a", "b", "c"])).markup.contains("does worst"))
    }

    @Test func nothingInTheReportIsMarkupThatIsNotItsOwn() throws {
        let page = HTMLReport(try report(names: ["one" + Self.hostile, "two" + Self.hostile], hostile: Self.hostile)).markup
        #expect(!page.contains("<script"))
        #expect(!page.contains("\u{0}"))
        #expect(!page.contains("alert('x')"))
        #expect(page.contains("&lt;script&gt;"))
        #expect(page.contains("default-src 'none'"))
        // Every tag is one of the report's own.
        let tags = Set(page.matches(of: #/<([a-zA-Z0-9!]+)/#).map { String($0.1) })
        let own: Set<String> = [
            "!doctype", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "div", "span", "b", "i", "em",
            "figure", "svg", "line", "circle", "text", "rect", "a", "details", "summary", "article", "header", "mark",
        ]
        #expect(tags.subtracting(own).isEmpty, "\(tags.subtracting(own))")
    }

    @Test func phrasesAreMarkedAsWholeWords() {
        #expect(HTMLText.marked("Gold, golden & GOLD", ["gold"]) == "<mark>Gold</mark>, golden &amp; <mark>GOLD</mark>")
        #expect(HTMLText.marked("在北京市", ["北京"]) == "在<mark>北京</mark>市")
        #expect(HTMLText.marked("a<b", []) == "a&lt;b")
        #expect(HTMLText.marked("x", ["", " "]) == "x")
        #expect(HTMLText.shortened("a\n  b c", 3) == "a b…")
    }

    @Test func aLogarithmicAxisHasFewTicks() {
        #expect(LogarithmicScale(covering: [2, 40]).ticks == [2, 5, 10, 20, 50])
        #expect(LogarithmicScale(covering: [0.05, 30_000]).ticks.count <= 9)
        #expect(abs(LogarithmicScale(covering: [1, 100]).share(10) - 0.5) < 1e-9)
    }

    @Test func figuresAreShownWithAsManyDigitsAsTheyAreWorth() {
        #expect(Figures.probability(0.00001) == "<0.0001")
        #expect(Figures.probability(0.0012) == "0.0012")
        #expect(Figures.probability(0.5) == "0.500")
        #expect([0.5, 12, 345].map { Figures.milliseconds($0) } == ["0.50", "12.0", "345"])
    }
}
