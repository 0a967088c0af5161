// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGTransport

/// How a chat completion's request is written; the newest models refuse what the others want.
struct ChatParameters: Sendable, Hashable {
    /// `max_completion_tokens` in place of `max_tokens`.
    var usesCompletionTokens = false
    /// No temperature: the model takes only its own.
    var omitsTemperature = false

    /// What a refusal asks for; nil where it asks for nothing that is not done already.
    func adapted(to status: UpstreamStatus) -> ChatParameters? {
        guard status.status == 400 else { return nil }
        var adapted = self
        if status.says("max_completion_tokens") { adapted.usesCompletionTokens = true }
        if status.says("'temperature'"), status.says("unsupported") || status.says("not support") { adapted.omitsTemperature = true }
        return adapted == self ? nil : adapted
    }
}
