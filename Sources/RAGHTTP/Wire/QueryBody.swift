// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// The body of `POST /query`.
struct QueryBody: Sendable {
    static let fields =
        ["query", "top_k", "mode", "filter", "rerank", "generate", "stream", "deadline_ms", "group"] + RetrievalBody.fields
    static let maximumQueryCharacters = 8_192
    static let topK = 1...100
    static let deadlineMilliseconds = 1...120_000

    /// What a passage stands for.
    enum Grouping: String, CaseIterable {
        case document
        case chunk
    }

    var request: AnswerRequest
    var stream: Bool

    init(_ value: JSONValue) throws(RAGError) {
        let reader = try FieldReader(value, path: "", fields: Self.fields)
        // UTF-8 takes at most four bytes a scalar; a character has no limit of its own, so bytes are bounded too.
        guard let query = try reader.string("query", maximumBytes: Self.maximumQueryCharacters * 4) else {
            throw reader.missing("query", "give the question as a string")
        }
        guard query.unicodeScalars.count <= Self.maximumQueryCharacters, query.contains(where: { !$0.isWhitespace }) else {
            throw reader.invalid("query", "give 1 to \(Self.maximumQueryCharacters) characters, not only white space")
        }
        stream = try reader.bool("stream") ?? false
        let milliseconds = try reader.integer("deadline_ms", in: Self.deadlineMilliseconds) ?? (stream ? 120_000 : 30_000)
        var filter: Filter?
        if let value = reader.value("filter") { filter = try FilterBody.filter(value, path: "filter") }
        let mode = try reader.word("mode", SearchMode.self) ?? .hybrid
        request = AnswerRequest(
            query: query,
            topK: try reader.integer("top_k", in: Self.topK) ?? 5,
            mode: mode,
            filter: filter,
            rerank: try reader.bool("rerank"),
            generate: try reader.bool("generate") ?? true,
            groupByDocument: try reader.word("group", Grouping.self) != .chunk,
            retrieval: try RetrievalBody.options(reader, mode: mode),
            deadline: .after(.milliseconds(milliseconds))
        )
    }
}
