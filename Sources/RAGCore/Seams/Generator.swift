// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Writes an answer.
public protocol Generator: Sendable {
    /// The model's name, for the reply.
    var model: String { get }

    /// Calls `onEvent` for each event in order and returns after `finished`. Throwing from `onEvent`, or cancelling the task, cancels
    /// the request upstream within a second.
    /// - Throws: `unavailable` (with `retryAfter` where the server said so), `deadlineExceeded`, `cancelled`, or what `onEvent` threw.
    func generate(
        _ prompt: Prompt,
        options: GenerationOptions,
        onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws
}
