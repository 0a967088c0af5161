// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// What a stream of chat completion chunks has said so far.
package struct ChatCompletion: Sendable {
    private let server: String
    private var finishReason: String?
    private var promptTokens: Int?
    private var completionTokens: Int?
    /// Whether `[DONE]` came.
    package private(set) var isDone = false

    /// - Parameter server: Names the server in errors.
    package init(server: String) { self.server = server }

    /// Takes one event's data; returns the text that it adds, if any.
    /// - Throws: `unavailable` if it is not a chunk, or if the server reports an error inside the stream.
    package mutating func take(_ data: String) throws(RAGError) -> String? {
        if data == "[DONE]" {
            isDone = true
            return nil
        }
        let chunk: JSONValue
        do {
            chunk = try JSONValue(parsing: Array(data.utf8))
        } catch {
            throw RAGError(.unavailable, "\(server) sent an event that is not JSON", cause: error)
        }
        guard chunk.object != nil else { throw RAGError(.unavailable, "\(server) sent an event that is not an object") }
        if let error = chunk["error"], error != .null {
            let reported = ReportedError(message: error["message"]?.string ?? error.string ?? "no message")
            throw RAGError(.unavailable, "\(server) reported an error while it answered", cause: reported)
        }
        if let usage = chunk["usage"], usage != .null {
            promptTokens = usage["prompt_tokens"]?.integer.map(Int.init) ?? promptTokens
            completionTokens = usage["completion_tokens"]?.integer.map(Int.init) ?? completionTokens
        }
        guard let choice = chunk["choices"]?.array?.first else { return nil }
        finishReason = choice["finish_reason"]?.string ?? finishReason
        guard let text = choice["delta"]?["content"]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// The end of the answer.
    /// - Throws: `unavailable` if the stream ended without saying so: the answer may be cut.
    package func finished() throws(RAGError) -> GenerationEvent {
        guard isDone || finishReason != nil else {
            throw RAGError(.unavailable, "\(server) broke off in the middle of its answer")
        }
        return .finished(reason: finishReason ?? "stop", promptTokens: promptTokens, completionTokens: completionTokens)
    }

    /// What a server wrote into its stream instead of text; for the log.
    struct ReportedError: Error, CustomStringConvertible {
        var message: String
        var description: String { message }
    }
}
