// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore
import Synchronization

/// A language model that plays back what a test wrote, and remembers what it was asked.
public final class ScriptedGenerator: Generator {
    /// What the generator does, in order.
    public enum Step: Sendable {
        case text(String)
        case wait(Duration)
        case fail(RAGError)
        /// The end of the answer; one is added if the script has none.
        case finish(reason: String)
    }

    public let model: String
    private let script: @Sendable (Prompt) -> [Step]
    private let asked = Mutex<[Prompt]>([])

    /// A generator that answers every prompt with what `script` makes of it.
    public init(model: String = "scripted", script: @escaping @Sendable (Prompt) -> [Step]) {
        self.model = model
        self.script = script
    }

    /// A generator that always says the same, in these pieces.
    public convenience init(model: String = "scripted", pieces: [String]) {
        self.init(model: model) { _ in pieces.map { .text($0) } }
    }

    /// The prompts so far.
    public var prompts: [Prompt] { asked.withLock { $0 } }

    public func generate(
        _ prompt: Prompt,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        asked.withLock { $0.append(prompt) }
        for step in script(prompt) {
            try options.deadline.check("generation")
            switch step {
            case .text(let text): try await onEvent(.text(text))
            case .wait(let duration):
                let pause = min(duration, options.deadline.remaining)
                do { try await Task.sleep(for: pause) } catch { throw RAGError(.cancelled, "the caller went away") }
            case .fail(let error): throw error
            case .finish(let reason):
                return try await onEvent(.finished(reason: reason, promptTokens: nil, completionTokens: nil))
            }
        }
        try await onEvent(.finished(reason: "stop", promptTokens: nil, completionTokens: nil))
    }
}
