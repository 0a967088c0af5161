// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Questions with what a good answer looks like, and the documents where the set brings them along.
struct TestSet: Sendable {
    struct Document: Sendable {
        let id: String
        let title: String?
        let text: String
    }

    struct Question: Sendable {
        let id: String
        let text: String
        /// Relevance by document id; positive means relevant. Empty means that no document answers the question.
        let relevance: [String: Int]
        /// What the answer may say, any of them; empty where that is not known.
        let gold: [String]

        var isAnswerable: Bool { !relevance.isEmpty }
        var relevant: Set<String> { Set(relevance.filter { $0.value > 0 }.keys) }
    }

    /// What the set is called: its file's or folder's name.
    let name: String
    /// Empty where the server is expected to hold them.
    let documents: [Document]
    let questions: [Question]

    /// Reads a BEIR folder or a table of questions.
    /// - Throws: `notFound` or `unreadableDocument`, naming file and line.
    init(path: String, split: String, limit: Int? = nil) throws(RAGError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw RAGError(.notFound, "there is no file or folder \(path)")
        }
        let name = (path as NSString).standardizingPath
        let set =
            isDirectory.boolValue
            ? try BEIRFolder(path).set(split: split)
            : try QuestionTable(path).set
        self.init(
            name: (name as NSString).lastPathComponent,
            documents: set.documents,
            questions: limit.map { Self.sample(set.questions, $0) } ?? set.questions
        )
        if questions.isEmpty { throw RAGError(.unreadableDocument, "\(path) holds no questions") }
    }

    init(name: String, documents: [Document], questions: [Question]) {
        self.name = name
        self.documents = documents
        self.questions = questions
    }

    /// At most `count` questions, evenly spread over the set, in its order.
    private static func sample(_ questions: [Question], _ count: Int) -> [Question] {
        guard count > 0, questions.count > count else { return questions }
        return (0..<count).map { questions[$0 * questions.count / count] }
    }

    /// The text of a file.
    /// - Throws: `notFound` if it cannot be read, `unreadableDocument` if it is not UTF-8.
    static func text(of path: String, _ hint: String) throws(RAGError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw RAGError(.notFound, "cannot read \(path); \(hint)") }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw RAGError(.unreadableDocument, "\(path) is not UTF-8; save it as UTF-8")
        }
        return text
    }
}

extension TestSet {
    /// Whether answers tell something that rankings do not: a table has gold answers, or a question has none.
    var wantsAnswers: Bool { questions.contains { !$0.isAnswerable || (documents.isEmpty && !$0.gold.isEmpty) } }
}
