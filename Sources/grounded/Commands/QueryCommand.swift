// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore

/// `grounded query "…"`: one question, its answer, its citations and what it cost.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "query", abstract: "Ask one question.")

    @Argument(help: "The question.")
    var question: String

    @Option(help: "Most passages, 1 to 100.")
    var topK = 5

    @Option(help: "hybrid, dense or lexical.")
    var mode = "hybrid"

    @Flag(help: "Print the reply as JSON.")
    var json = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let body: JSONValue = .object(["query": .string(question), "top_k": .integer(Int64(topK)), "mode": .string(mode)])
        let reply = try await ServerSession.with(server, options) { try await $0.send("POST", "/query", json: body) }
        if json {
            var writer = JSONWriter()
            writer.value(reply)
            print(String(decoding: writer.bytes, as: UTF8.self))
        } else {
            print(ReplyText(reply))
        }
    }
}

/// A reply as people read it.
struct ReplyText: CustomStringConvertible {
    private let reply: JSONValue

    init(_ reply: JSONValue) { self.reply = reply }

    var description: String {
        var lines: [String] = []
        if let answer = reply["answer"]?.string {
            lines.append(answer)
        } else if reply["reason"]?.string == "nothing_relevant" {
            lines.append("Nothing relevant was found.")
        }
        for citation in reply["citations"]?.array ?? [] {
            let marker = citation["marker"]?.integer ?? 0
            let place = "\(citation["start"]?.integer ?? 0)-\(citation["end"]?.integer ?? 0)"
            let location = citation["location"]?.string.map { ", \($0)" } ?? ""
            lines.append("  [\(marker)] \(citation["document_id"]?.string ?? "?") bytes \(place)\(location)")
        }
        let timings = reply["timings_ms"]?.object ?? [:]
        let shown = ["embed", "retrieve", "generate", "total"].compactMap { name in
            timings[name]?.number.map { "\(name) \(String(format: "%.1f", $0)) ms" }
        }
        lines.append("  (" + shown.joined(separator: ", ") + ")")
        let degraded = (reply["degraded"]?.array ?? []).compactMap(\.string)
        if !degraded.isEmpty { lines.append("  degraded: \(degraded.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }
}
