// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// A retrieval test set in the BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`.
///
/// Beyond the layout a question may have gold answers (`"answers"` or `"metadata": {"answers": […]}`) and may say
/// `"answerable": false`, which makes it one that no document answers.
struct BEIRFolder: Sendable {
    private static let hint = "a BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv"

    private let folder: String

    init(_ folder: String) { self.folder = folder }

    /// Whether the folder has judgements under that name.
    func hasSplit(_ split: String) -> Bool { FileManager.default.fileExists(atPath: judgementsPath(split)) }

    /// The documents and the questions that have judgements in the split, in the files' order.
    func set(split: String) throws(RAGError) -> TestSet {
        let judgements = try judgements(split)
        var documents: [TestSet.Document] = []
        for (line, row) in try rows("corpus.jsonl").enumerated() {
            guard let id = row["_id"]?.string, let text = row["text"]?.string else {
                throw RAGError(.unreadableDocument, "corpus.jsonl line \(line + 1) lacks _id or text")
            }
            let title = row["title"]?.string
            documents.append(TestSet.Document(id: id, title: title?.isEmpty == true ? nil : title, text: text))
        }
        var questions: [TestSet.Question] = []
        for (line, row) in try rows("queries.jsonl").enumerated() {
            guard let id = row["_id"]?.string, let text = row["text"]?.string else {
                throw RAGError(.unreadableDocument, "queries.jsonl line \(line + 1) lacks _id or text")
            }
            guard let relevance = row["answerable"]?.bool == false ? [:] : judgements[id] else { continue }
            let gold = (row["answers"] ?? row["metadata"]?["answers"])?.array?.compactMap(\.string) ?? []
            questions.append(TestSet.Question(id: id, text: text, relevance: relevance, gold: gold))
        }
        return TestSet(name: (folder as NSString).lastPathComponent, documents: documents, questions: questions)
    }

    private func judgementsPath(_ split: String) -> String { "\(folder)/qrels/\(split).tsv" }

    private func rows(_ file: String) throws(RAGError) -> [JSONValue] {
        var rows: [JSONValue] = []
        for line in try TestSet.text(of: "\(folder)/\(file)", Self.hint).split(whereSeparator: \.isNewline) {
            rows.append(try JSONValue(parsing: Array(line.utf8)))
        }
        return rows
    }

    private func judgements(_ split: String) throws(RAGError) -> [String: [String: Int]] {
        var judgements: [String: [String: Int]] = [:]
        let path = judgementsPath(split)
        for (number, line) in try TestSet.text(of: path, Self.hint).split(whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: "\t")
            if number == 0, fields.count == 3, Int(fields[2]) == nil { continue }
            guard fields.count == 3, let grade = Int(fields[2].trimmingCharacters(in: .whitespaces)) else {
                throw RAGError(.unreadableDocument, "\(path) line \(number + 1) is not query-id, corpus-id, score")
            }
            judgements[String(fields[0]), default: [:]][String(fields[1])] = grade
        }
        return judgements
    }
}
