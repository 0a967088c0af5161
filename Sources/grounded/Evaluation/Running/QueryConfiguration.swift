// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// One way of asking: members of the body of `POST /query`, whichever the server has, and a name.
struct QueryConfiguration: Sendable, Hashable {
    /// Decided by the evaluation, not by a configuration.
    private static let reserved = ["query", "stream", "generate", "group"]

    let name: String
    let members: [String: JSONValue]

    init(name: String, members: [String: JSONValue]) {
        self.name = name
        self.members = members
    }

    /// Reads `mode=hybrid fusion.dense_weight=0.4`, or a JSON file that holds an object of members.
    ///
    /// Values are JSON where they can be read as such and strings elsewhere; a dot leads into an object. `name=` says what the
    /// configuration is called; otherwise it is called what it says, and `default` where it says nothing.
    /// - Throws: `invalidField` with what is wrong.
    init(parsing text: String) throws(RAGError) {
        let trimmed = text.trimmed
        if trimmed.hasPrefix("{") {
            try self.init(object: JSONValue(parsing: Array(trimmed.utf8)), name: "custom")
        } else if !trimmed.contains("="), trimmed.hasSuffix(".json") {
            let file = try TestSet.text(of: trimmed, "give members such as mode=lexical, or a JSON file of them")
            let name = ((trimmed as NSString).lastPathComponent as NSString).deletingPathExtension
            try self.init(object: JSONValue(parsing: Array(file.utf8)), name: name)
        } else {
            var members: [String: JSONValue] = [:]
            for part in Self.parts(of: trimmed) {
                guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
                    throw RAGError(.invalidField, "\(part) is not MEMBER=VALUE, such as mode=lexical", field: "configuration")
                }
                let value = String(part[part.index(after: equals)...])
                let parsed = (try? JSONValue(parsing: Array(value.utf8))) ?? .string(value)
                let path = part[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                members = Self.setting(path[...], to: parsed, in: members)
            }
            try self.init(object: .object(members), name: trimmed.isEmpty ? "default" : trimmed)
        }
    }

    private init(object: JSONValue, name: String) throws(RAGError) {
        guard var members = object.object else {
            throw RAGError(.invalidField, "a configuration is a JSON object of members of POST /query", field: "configuration")
        }
        let given = members.removeValue(forKey: "name")?.string
        if let wrong = Self.reserved.first(where: { members[$0] != nil }) {
            throw RAGError(.invalidField, "\(wrong) is decided by the evaluation; leave it out", field: wrong)
        }
        self.init(name: given ?? name, members: members)
    }

    private static func setting(_ path: ArraySlice<String>, to value: JSONValue, in members: [String: JSONValue]) -> [String: JSONValue] {
        guard let name = path.first else { return members }
        var members = members
        members[name] = path.count == 1 ? value : .object(setting(path.dropFirst(), to: value, in: members[name]?.object ?? [:]))
        return members
    }

    /// Divided at spaces outside brackets and quotes.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var depth = 0
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, "{[".contains(character) { depth += 1 }
            if !isQuoted, "}]".contains(character) { depth -= 1 }
            if character.isWhitespace, depth == 0, !isQuoted {
                if parts.last?.isEmpty == false { parts.append("") }
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.filter { !$0.isEmpty }
    }

    var mode: SearchMode { members["mode"]?.string.flatMap(SearchMode.init) ?? .hybrid }

    /// How many documents a ranking has at most.
    var depth: Int { members["top_k"]?.integer.map { Int($0) } ?? 100 }

    /// The body that asks for a long ranking.
    func ranking(of question: String) -> JSONValue {
        body(question, answer: false, ["top_k": .integer(100)].merging(members) { $1 })
    }

    /// The body that asks as users ask.
    func asking(_ question: String, answer: Bool) -> JSONValue { body(question, answer: answer, members) }

    private func body(_ question: String, answer: Bool, _ members: [String: JSONValue]) -> JSONValue {
        .object(members.merging(["query": .string(question), "generate": .bool(answer)]) { $1 })
    }
}
