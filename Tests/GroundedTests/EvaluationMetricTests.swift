// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import grounded

@Suite("What is measured of a question") struct EvaluationMetricTests {
    private let question = TestSet.Question(id: "1", text: "when", relevance: ["a": 1, "b": 1, "n": 0], gold: ["5 May"])

    @Test func averagePrecisionIsThatOfTheTextbook() {
        // Right at 1 and 3 of two: (1 + 2/3) / 2.
        #expect(abs(RankingMetrics.averagePrecision(["a", "x", "b"], ["a": 1, "b": 1]) - 5.0 / 6) < 1e-12)
        #expect(RankingMetrics.averagePrecision(["x", "a"], ["a": 1, "b": 1]) == 0.25)
        #expect(RankingMetrics.averagePrecision(["x"], ["a": 1]) == 0)
        #expect(RankingMetrics.averagePrecision(["a"], ["a": 0]) == 0)
        #expect(RankingMetrics.averagePrecision(["x", "x", "a"], ["a": 1], depth: 2) == 0)
    }

    @Test func anAnswerIsMeasuredByItsWordsAndCitations() {
        let answer = Evaluation.Answer(text: "On 5 may, 2020.", cited: ["a", "x", "n", "b"], isRefused: false)
        let values = Evaluation.Outcome(question, Evaluation.Ranking(documents: ["a"]), answer: answer).values
        #expect(values[.goldAnswer] == 1)
        #expect(values[.citationPrecision] == 0.5)
        #expect(values[.refusal] == nil)
        #expect(values[.nDCG].map { $0 > 0.6 } == true && values[.recall10] == 0.5)
    }

    @Test func whatMeansNothingIsNotCounted() {
        let bare = Evaluation.Outcome(question, Evaluation.Ranking(documents: ["a"])).values
        #expect(bare[.goldAnswer] == nil && bare[.citationPrecision] == nil)
        let uncited = Evaluation.Answer(text: nil, cited: [], isRefused: true)
        let values = Evaluation.Outcome(question, Evaluation.Ranking(), answer: uncited).values
        #expect(values[.goldAnswer] == 0 && values[.citationPrecision] == nil && values[.nDCG] == 0)
        let shallow = Evaluation.Outcome(question, Evaluation.Ranking(documents: ["a"]), depth: 20).values
        #expect(shallow[.recall100] == nil && shallow[.averagePrecision] == nil && shallow[.nDCG] != nil)
        #expect(Evaluation.Outcome(question, Evaluation.Ranking(), depth: 5).values[.nDCG] == nil)
    }

    @Test func aQuestionThatNothingAnswersIsMeasuredByItsRefusalAlone() {
        let question = TestSet.Question(id: "1", text: "why", relevance: [:], gold: [])
        let refused = Evaluation.Answer(text: nil, cited: [], isRefused: true)
        let answered = Evaluation.Answer(text: "Because.", cited: ["a"], isRefused: false)
        #expect(Evaluation.Outcome(question, Evaluation.Ranking(), answer: refused).values == [.refusal: 1])
        #expect(Evaluation.Outcome(question, Evaluation.Ranking(documents: ["a"]), answer: answered).values == [.refusal: 0])
        #expect(Evaluation.Outcome(question, Evaluation.Ranking()).values.isEmpty)
    }

    @Test(arguments: [
        ("In 1947, she said.", "1947", true), ("It cost 1,200 crowns", "1200", true), ("It is 12.5 m", "12.5", true),
        ("It is 12.5 m", "12", false), ("He lives in Oslo.", "the Oslo", true), ("MÜNCHEN-West", "Munchen west", true),
        ("Osloer", "Oslo", false), ("答案是北京市。", "北京", true), ("don’t", "don't", true), ("", "x", false), ("x", "…", false),
    ])
    func aGoldAnswerStandsInAnAnswer(answer: String, gold: String, isThere: Bool) {
        #expect(GoldAnswer.isContained([gold], in: answer) == isThere)
    }

    @Test func aRowHasMeansOfWhatItsQuestionsHave() {
        let outcomes = [["a"], ["x", "a"]].map { Evaluation.Outcome(question, Evaluation.Ranking(documents: $0, degraded: ["vector"])) }
        let row = Evaluation.Row(QueryConfiguration(name: "x", members: [:]), outcomes)
        #expect(row.means[.reciprocalRank]?.mean == 0.75)
        #expect(row.means[.refusal] == nil && row.refused == nil)
        #expect(row.degraded == ["vector": 2])
    }
}
