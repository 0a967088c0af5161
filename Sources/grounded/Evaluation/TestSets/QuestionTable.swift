// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Questions in a CSV or TSV file: `question`, `document` and, if known, `answer`.
///
/// The first row names the columns; without names they are taken in this order. Several rows with the same question name several
/// documents or several right answers. A row without a document is a question that no document answers.
struct QuestionTable: Sendable {
    private static let names: [String: Int] = [
        "question": 0, "query": 0, "text": 0, "document": 1, "document_id": 1, "expected": 1, "corpus-id": 1, "answer": 2, "gold": 2,
        "answers": 2,
    ]

    let set: TestSet

    init(_ path: String) throws(RAGError) {
        let text = try TestSet.text(of: path, "give a BEIR folder or a CSV file with the columns question, document, answer")
        set = TestSet(
            name: (path as NSString).lastPathComponent,
            documents: [],
            questions: try Self.questions(in: text, file: path)
        )
    }

    /// The questions of a table's text, in the order in which they first stand.
    static func questions(in text: String, file: String) throws(RAGError) -> [TestSet.Question] {
        var rows = try DelimitedRows(text, file: file).rows
        guard let first = rows.first else { return [] }
        let named = first.fields.map { names[$0.trimmed.lowercased()] }
        var places = [0, 1, 2]
        if named.contains(0) {
            guard named.contains(1) else {
                throw RAGError(.unreadableDocument, "\(file) has no column named document; name the columns question, document, answer")
            }
            places = (0...2).map { role in named.firstIndex { $0 == role } ?? Int.max }
            rows.removeFirst()
        }
        var order: [String] = []
        var relevance: [String: [String: Int]] = [:]
        var gold: [String: [String]] = [:]
        for row in rows {
            func field(_ role: Int) -> String { row.fields.indices.contains(places[role]) ? row.fields[places[role]].trimmed : "" }
            let question = field(0)
            guard !question.isEmpty else { throw RAGError(.unreadableDocument, "\(file) line \(row.line) has no question") }
            if relevance[question] == nil {
                order.append(question)
                relevance[question] = [:]
            }
            if !field(1).isEmpty { relevance[question]?[field(1)] = 1 }
            if !field(2).isEmpty { gold[question, default: []].append(field(2)) }
        }
        return order.enumerated().map { number, text in
            TestSet.Question(id: "q\(number + 1)", text: text, relevance: relevance[text] ?? [:], gold: gold[text] ?? [])
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
