// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a language model is asked: instructions, then passages, then the question.
public struct Prompt: Sendable, Hashable {
    public var system: String
    public var user: String

    public init(system: String, user: String) {
        self.system = system
        self.user = user
    }
}

/// How a language model shall answer.
public struct GenerationOptions: Sendable, Hashable {
    public var maximumTokens: Int
    public var temperature: Double
    public var deadline: Deadline

    public init(maximumTokens: Int = 512, temperature: Double = 0, deadline: Deadline) {
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.deadline = deadline
    }
}

/// What a language model sends while it answers.
public enum GenerationEvent: Sendable, Hashable {
    /// More text; may split anywhere between characters.
    case text(String)
    /// The end: why it stopped (`stop`, `length`…) and what it counted, where it says so.
    case finished(reason: String, promptTokens: Int?, completionTokens: Int?)
}
