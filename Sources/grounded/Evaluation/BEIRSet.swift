// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// A retrieval test set in the BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv`.
struct BEIRSet: Sendable {
    struct Document: Sendable {
        let id: String
        let title: String?
        let text: String
    }

    struct Query: Sendable {
        let id: String
        let text: String
        /// Relevance by document id; positive means relevant.
        let relevance: [String: Int]
    }

    let documents: [Document]
    /// Only those that have judgements in the split, in the file's order.
    let queries: [Query]

    /// - Throws: `notFound` or `unreadableDocument`, naming file and line.
    init(folder: String, split: String) throws(RAGError) {
        let judgements = try Self.judgements("\(folder)/qrels/\(split).tsv")
        var documents: [Document] = []
        for (line, row) in try Self.rows("\(folder)/corpus.jsonl").enumerated() {
            guard let id = row["_id"]?.string, let text = row["text"]?.string else {
                throw RAGError(.unreadableDocument, "corpus.jsonl line \(line + 1) lacks _id or text")
            }
            let title = row["title"]?.string
            documents.append(Document(id: id, title: title?.isEmpty == true ? nil : title, text: text))
        }
        var queries: [Query] = []
        for (line, row) in try Self.rows("\(folder)/queries.jsonl").enumerated() {
            guard let id = row["_id"]?.string, let text = row["text"]?.string else {
                throw RAGError(.unreadableDocument, "queries.jsonl line \(line + 1) lacks _id or text")
            }
            if let relevance = judgements[id] { queries.append(Query(id: id, text: text, relevance: relevance)) }
        }
        self.documents = documents
        self.queries = queries
    }

    private static func contents(_ path: String) throws(RAGError) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self) else {
            throw RAGError(.notFound, "cannot read \(path); a BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv")
        }
        return text.split(whereSeparator: \.isNewline)
    }

    private static func rows(_ path: String) throws(RAGError) -> [JSONValue] {
        var rows: [JSONValue] = []
        for line in try contents(path) { rows.append(try JSONValue(parsing: Array(line.utf8))) }
        return rows
    }

    private static func judgements(_ path: String) throws(RAGError) -> [String: [String: Int]] {
        var judgements: [String: [String: Int]] = [:]
        for (number, line) in try contents(path).enumerated() {
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
