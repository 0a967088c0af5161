// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A language model that is asked from Python, in this process or in worker processes.
///
/// The generator runs on a Python thread of its own; `grounded_models/streams.py` hands over what it has sent so far. In worker mode a
/// stream lives and dies with its worker.
package final class PythonGenerator: Generator {
    package let model: String
    private let calls: ModelCalls
    private let object: any PythonModel

    /// The class that turns a generator into streams.
    static let streams = "grounded_models.streams:GeneratorStreams"
    static let methods: [PythonMethod] = [.info, .open]
    /// How long to leave a stream that has nothing yet; doubled each time.
    private static let pauses = (shortest: Duration.milliseconds(5), longest: Duration.milliseconds(50))

    init(info: ModelInfo, model: any PythonModel, calls: ModelCalls) throws(RAGError) {
        self.model = try info.text("model")
        self.object = model
        self.calls = calls
    }

    package func generate(
        _ prompt: Prompt,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        let stream = try await open(prompt, options: options)
        // Also where the task was cancelled, so it cannot wait.
        defer { calls.threads.post(thread: stream.thread) { stream.close($0) } }
        var pause = Self.pauses.shortest
        while true {
            let next = try await calls.run(
                thread: stream.thread,
                priority: .query,
                deadline: options.deadline,
                step: "generating"
            ) { turn throws(PythonError) in
                try StreamEvent(parsing: try stream.nextEvent(turn))
            }
            guard case .event(let event)? = next.first else {
                // Not on the Python thread: other streams have something to say.
                guard (try? await Task.sleep(for: pause)) != nil else {
                    throw RAGError(.cancelled, "the caller went away during generating")
                }
                pause = min(pause * 2, Self.pauses.longest)
                continue
            }
            pause = Self.pauses.shortest
            try await onEvent(event)
            if case .finished = event { return }
        }
    }

    private func open(_ prompt: Prompt, options: GenerationOptions) async throws(RAGError) -> any PythonStream {
        let object = object
        let arguments = [prompt.system, prompt.user, options.json]
        let threads = calls.threads
        let opened = Opened()
        do throws(RAGError) {
            let streams = try await calls.run(priority: .query, deadline: options.deadline, step: "generating") {
                turn throws(PythonError) in
                let stream = try object.open(arguments, turn)
                // The caller may have gone meanwhile; then nobody else closes it.
                if !opened.keep(stream) { stream.close(turn) }
                return stream
            }
            guard let stream = streams.first else { throw RAGError(.internal, "no stream was opened") }
            return stream
        } catch {
            if let stream = opened.abandon() {
                threads.post(thread: stream.thread) { stream.close($0) }
            }
            throw error
        }
    }
}

extension GenerationOptions {
    /// What `generate` gets as its options.
    fileprivate var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("maximum_tokens", maximumTokens)
            writer.member("temperature", temperature)
            writer.member("timeout_seconds", min(deadline.remaining.inSeconds, 86_400))
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
