// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Testing

@testable import grounded

@Suite("Questions made from documents") struct EvaluationQuestionTests {
    private let documents: [(id: String, text: String)] = [
        ("boat.md", "# The boat\n\nThe ferry Solveig was built in Bergen in 1962 for the winter route. It has a red funnel and two decks."),
        (
            "oven.md",
            "The bakery heats its brick oven with birch wood before every morning of the week. Loaves rest for nine hours in linen."
        ),
        ("copy.md", "The bakery heats its brick oven with birch wood before every morning of the week."),
        ("table.md", "| name | weight |\n|---|---|\n| oats | 12 kg |"),
        ("empty.md", ""),
    ]

    @Test func aClozeLeavesOutANumberOrNameThatIsItsAnswer() throws {
        let questions = QuestionWriter(documents: documents).questions(10, styles: [.cloze], seed: 1)
        let boat = try #require(questions.first { $0.document == "boat.md" })
        #expect(["Solveig", "Bergen", "1962"].contains(boat.answer))
        #expect(boat.text.contains("___") && !boat.text.contains(boat.answer))
        #expect(boat.text.replacing("___", with: boat.answer) == "The ferry Solveig was built in Bergen in 1962 for the winter route.")
    }

    @Test func keywordsAreHalfOfTheWordsThatSaySomething() throws {
        let questions = QuestionWriter(documents: documents).questions(10, styles: [.keywords], seed: 1)
        let boat = try #require(questions.first { $0.document == "boat.md" })
        let words = boat.text.split(separator: " ")
        #expect((3...4).contains(words.count) && boat.answer.isEmpty)
        let sentence = "the ferry solveig was built in bergen in 1962 for the winter route"
        #expect(words.allSatisfy { sentence.contains($0) } && !words.contains("the"))
    }

    @Test func whatTwoDocumentsSayAndWhatIsNoSentenceIsNotAskedAbout() {
        let questions = QuestionWriter(documents: documents).questions(50, styles: WrittenQuestion.Style.allCases, seed: 3)
        #expect(!questions.isEmpty)
        #expect(questions.allSatisfy { !$0.text.contains("birch") && !$0.text.contains("oats") })
        #expect(Set(questions.map(\.text)).count == questions.count)
        #expect(questions.allSatisfy { !$0.text.hasPrefix("It ") })
    }

    @Test func theSameSeedMakesTheSameQuestions() {
        let writer = QuestionWriter(documents: documents)
        let first = writer.questions(5, styles: WrittenQuestion.Style.allCases, seed: 7)
        #expect(first == QuestionWriter(documents: documents).questions(5, styles: WrittenQuestion.Style.allCases, seed: 7))
        #expect(writer.questions(1, styles: [.cloze], seed: 7).count == 1)
        #expect(writer.questions(5, styles: [], seed: 7).isEmpty)
        #expect(QuestionWriter(documents: []).questions(5, styles: [.cloze], seed: 7).isEmpty)
    }

    @Test func markersOfListsAreNotPartOfASentence() throws {
        let item = try #require(SourceSentence("- Wool from the northern farms is weighed at the harbour in spring."))
        #expect(item.text.hasPrefix("Wool"))
        let number = try #require(SourceSentence("1947 was the winter in which the harbour froze for nine weeks."))
        #expect(number.text.hasPrefix("1947"))
        #expect(SourceSentence("See https://example.com for more about the harbour and the winter of 1947.") == nil)
        #expect(SourceSentence("Too short.") == nil)
    }
}
