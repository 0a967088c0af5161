// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded questions FILE`: questions with known answers, made from the documents that the server holds.
struct QuestionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "questions",
        abstract: "Make questions from your own documents, for grounded eval and grounded tune, without a language model.",
        discussion: """
            Each question is made of one sentence: with a name or number left out (cloze), or half of its words (keywords). They share the \
            documents' words, so they favour lexical search: good for finding what is lost or got worse, not for choosing between dense \
            and lexical. Read them before you trust them; correct or delete lines as you like.
            """
    )

    @Argument(help: "The CSV file to write: question, document, answer. - writes to standard output.")
    var file: String

    @Option(help: "Most questions.")
    var count = 100

    @Option(help: "cloze, keywords or both in turns.")
    var style = "both"

    @Option(help: "Only documents whose id begins so.")
    var prefix: String?

    @Option(help: "The same number makes the same questions of the same documents.")
    var seed: UInt64 = 1

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count is 1 to 10000") }
        guard style == "both" || WrittenQuestion.Style(rawValue: style) != nil else {
            throw ValidationError("--style is cloze, keywords or both")
        }
    }

    func run() async throws {
        let documents = try await ServerSession.with(server, options) { try await read(from: $0) }
        let styles = WrittenQuestion.Style(rawValue: style).map { [$0] } ?? WrittenQuestion.Style.allCases
        let questions = QuestionWriter(documents: documents).questions(count, styles: styles, seed: seed)
        guard !questions.isEmpty else { throw RAGError(.notFound, "no document has a sentence that a question can be made of") }
        let table =
            DelimitedRows.line(["question", "document", "answer"])
            + questions.map { DelimitedRows.line([$0.text, $0.document, $0.answer]) }.joined()
        if file == "-" {
            print(table, terminator: "")
        } else {
            try Data(table.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            print("\(questions.count) questions from \(Set(questions.map(\.document)).count) of \(documents.count) documents: \(file)")
        }
    }

    /// The texts of as many documents as are needed, spread over all by their ids' order.
    private func read(from client: ServerClient) async throws -> [(id: String, text: String)] {
        var ids: [String] = []
        var after: String?
        repeat {
            var query = "limit=1000"
            if let after { query += "&after=\(ServerClient.escaped(after))" }
            if let prefix { query += "&prefix=\(ServerClient.escaped(prefix))" }
            let page = try await client.send("GET", "/documents?\(query)")
            ids += (page["documents"]?.array ?? []).compactMap { $0["id"]?.string }
            after = page["next"]?.string
        } while after != nil
        let most = min(ids.count, max(200, 2 * count))
        let chosen = (0..<most).map { ids[$0 * ids.count / most] }
        return try await Lanes.map(chosen.count, lanes: 4, title: "reading documents") { place in
            (chosen[place], try await client.text(of: chosen[place]))
        }
    }
}
