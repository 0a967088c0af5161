// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import grounded

@Suite("Questions to evaluate with") struct EvaluationSetTests {
    private func questions(_ text: String) throws -> [TestSet.Question] { try QuestionTable.questions(in: text, file: "q.csv") }

    @Test func aTableHasQuestionsDocumentsAndAnswers() throws {
        let read = try questions("question,document,answer\nWhen?,a.md,in May\n\"Who, and why?\",b.md,\n")
        #expect(read.map(\.text) == ["When?", "Who, and why?"])
        #expect(read[0].relevance == ["a.md": 1] && read[0].gold == ["in May"])
        #expect(read[1].relevance == ["b.md": 1] && read[1].gold.isEmpty)
    }

    @Test func columnsMayStandInAnyOrderOrHaveNoNames() throws {
        let named = try questions("id;Expected;Query\n1;a.md;When?\n")
        #expect(named.map(\.text) == ["When?"] && named[0].relevance == ["a.md": 1])
        let bare = try questions("When?\ta.md\tMay\n")
        #expect(bare.map(\.text) == ["When?"] && bare[0].gold == ["May"])
    }

    @Test func severalRowsOfOneQuestionNameSeveralDocuments() throws {
        let read = try questions("question,document,answer\nWhen?,a.md,May\nWhen?,b.md,in spring\n")
        #expect(read.count == 1)
        #expect(read[0].relevance == ["a.md": 1, "b.md": 1] && read[0].gold == ["May", "in spring"])
    }

    @Test func aQuestionWithoutADocumentIsOneThatNothingAnswers() throws {
        let read = try questions("question,document\nWhat is love?,\n")
        #expect(!read[0].isAnswerable)
        #expect(TestSet(name: "", documents: [], questions: read).wantsAnswers)
    }

    @Test func whatIsWrongIsNamedWithItsLine() {
        for (text, part) in [
            ("question,document\n\"open,a\n", "line 2"), ("question,answer\na,b\n", "no column named document"),
            ("question,document\nfine,a\n,b\n", "line 3"),
        ] {
            let error = #expect(throws: RAGError.self) { try questions(text) }
            #expect(error?.code == .unreadableDocument && error?.message.contains(part) == true, "\(text)")
        }
    }

    @Test func rowsSurviveQuotesLineBreaksAndAByteOrderMark() throws {
        let rows = try DelimitedRows("\u{FEFF}a,\"b \"\"c\"\"\nd\"\r\n\r\n e ,f", file: "x").rows
        #expect(rows.map(\.fields) == [["a", "b \"c\"\nd"], [" e ", "f"]])
        #expect(rows.map(\.line) == [1, 4])
        let fields = ["a,b", "say \"x\"", "two\nlines", " edge", "plain"]
        #expect(try DelimitedRows(DelimitedRows.line(fields), file: "x").rows.map(\.fields) == [fields])
    }

    @Test func randomFieldsComeBackAsTheyWere() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(state: seed)
        let alphabet = Array("ab,;\t\"\n é 漢")
        for _ in 0..<300 {
            // A first field with a letter, because rows of nothing but white space are left out, and commas win where they are.
            let fields = (0..<4).map { number in
                (number == 0 ? "x" : "")
                    + String((0..<Int(generator.next() % 6)).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
            }
            #expect(try DelimitedRows(DelimitedRows.line(fields), file: "x").rows.map(\.fields) == [fields], "seed \(seed)")
        }
    }

    @Test func aFolderHasSplitsGoldAnswersAndUnanswerableQuestions() throws {
        let folder = NSTemporaryDirectory() + "beir-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/qrels", withIntermediateDirectories: true)
        let queries = """
            {"_id":"1","text":"when","metadata":{"answers":["May"]}}
            {"_id":"2","text":"who"}
            {"_id":"3","text":"why","answerable":false}
            """
        try queries.write(toFile: folder + "/queries.jsonl", atomically: true, encoding: .utf8)
        try #"{"_id":"a","title":"","text":"x"}"#.write(toFile: folder + "/corpus.jsonl", atomically: true, encoding: .utf8)
        try "query-id\tcorpus-id\tscore\n1\ta\t2\n".write(toFile: folder + "/qrels/test.tsv", atomically: true, encoding: .utf8)
        let set = try TestSet(path: folder, split: "test")
        #expect(set.documents.map(\.id) == ["a"] && set.documents[0].title == nil)
        #expect(set.questions.map(\.id) == ["1", "3"])
        #expect(set.questions[0].gold == ["May"] && set.questions[0].relevance == ["a": 2])
        #expect(!set.questions[1].isAnswerable)
        #expect(BEIRFolder(folder).hasSplit("test") && !BEIRFolder(folder).hasSplit("train"))
        #expect(throws: RAGError.self) { try TestSet(path: folder, split: "dev") }
        #expect(throws: RAGError.self) { try TestSet(path: folder + "/nothing", split: "test") }
    }
}
