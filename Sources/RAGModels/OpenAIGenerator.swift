// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
package import RAGTransport
import Synchronization

/// Writes answers with a server that speaks OpenAI's chat completions (OpenAI, vLLM, Ollama, llama.cpp…), streamed.
///
/// A request that fails before the response's first byte is repeated by the upstream's retry policy; a stream that ends without
/// saying so is an error, never a short answer. A model that refuses how the request names its limits is asked again in its own words,
/// and from then on at once.
package final class OpenAIGenerator: Generator {
    package let upstream: Upstream
    private let settings: OpenAISettings
    private let transport: HTTPTransport
    private let parameters = Mutex(ChatParameters())

    package init(upstream: Upstream, settings: OpenAISettings, transport: HTTPTransport) {
        self.upstream = upstream
        self.settings = settings
        self.transport = transport
    }

    package var model: String { settings.model }

    package func generate(
        _ prompt: Prompt,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        var current = parameters.withLock { $0 }
        while true {
            do {
                let request = request(for: prompt, options: options, current)
                return try await generate(request, options: options, onEvent: onEvent)
            } catch let error as RAGError {
                // A refusal comes before the first event, and each one changes something: this ends.
                guard let status = error.cause as? UpstreamStatus, let adapted = current.adapted(to: status) else { throw error }
                current = adapted
                parameters.withLock { $0 = adapted }
            }
        }
    }

    private func generate(
        _ request: OutboundRequest,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        let firstToken = ContinuousClock.now.advanced(by: settings.firstTokenLimit)
        try await withoutActuallyEscaping(onEvent) { onEvent in
            try await transport.send(request, to: upstream, deadline: options.deadline) { body in
                try await self.read(body, firstToken: firstToken, onEvent: onEvent)
            }
        }
    }

    private func request(for prompt: Prompt, options: GenerationOptions, _ parameters: ChatParameters) -> OutboundRequest {
        var headers = [(name: "Content-Type", value: "application/json"), (name: "Accept", value: "text/event-stream")]
        if let key = settings.apiKey, !key.isEmpty { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        return OutboundRequest(
            path: "/chat/completions",
            headers: headers,
            body: body(for: prompt, options: options, parameters),
            firstByteLimit: settings.firstTokenLimit,
            maximumResponseSize: settings.maximumStreamSize
        )
    }

    private func body(for prompt: Prompt, options: GenerationOptions, _ parameters: ChatParameters) -> [UInt8] {
        var writer = JSONWriter(capacity: prompt.system.utf8.count + prompt.user.utf8.count + 512)
        writer.object { writer in
            writer.member("model", settings.model)
            writer.key("messages")
            writer.array { writer in
                for (role, content) in [("system", prompt.system), ("user", prompt.user)] {
                    writer.object { writer in
                        writer.member("role", role)
                        writer.member("content", content)
                    }
                }
            }
            writer.member(parameters.usesCompletionTokens ? "max_completion_tokens" : "max_tokens", options.maximumTokens)
            if !parameters.omitsTemperature { writer.member("temperature", options.temperature) }
            writer.member("stream", true)
            writer.key("stream_options")
            writer.object { $0.member("include_usage", true) }
        }
        return writer.bytes
    }

    /// Reads the stream until it says that it is finished.
    private func read(
        _ body: ResponseBody,
        firstToken: ContinuousClock.Instant,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        var parser = SSEParser()
        var completion = ChatCompletion(server: upstream.name)
        var limit = firstToken
        var wasLate = "sent no text within \(settings.firstTokenLimit.inSeconds) s"
        while let bytes = try await body.next(before: limit, wasLate) {
            for event in try parser.feed(bytes) {
                guard let text = try completion.take(event.data) else { continue }
                try await onEvent(.text(text))
                limit = .now.advanced(by: settings.nextTokenLimit)
                wasLate = "paused for more than \(settings.nextTokenLimit.inSeconds) s in the middle of its answer"
            }
            if completion.isDone { break }
        }
        try await onEvent(completion.finished())
    }
}
