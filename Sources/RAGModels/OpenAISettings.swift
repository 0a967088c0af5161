// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Where an OpenAI-compatible server is, and which model it shall use.
package struct OpenAISettings: Sendable {
    package var model: String
    /// Sent as a bearer token; nil sends none, as local servers want.
    package var apiKey: String?
    /// Most time to the first piece of text.
    package var firstTokenLimit: Duration
    /// Most time between two pieces of text.
    package var nextTokenLimit: Duration
    /// Most bytes of one answer's stream.
    package var maximumStreamSize: Int

    package init(
        model: String,
        apiKey: String? = nil,
        firstTokenLimit: Duration = .seconds(20),
        nextTokenLimit: Duration = .seconds(30),
        maximumStreamSize: Int = 32 << 20
    ) {
        self.model = model
        self.apiKey = apiKey
        self.firstTokenLimit = firstTokenLimit
        self.nextTokenLimit = nextTokenLimit
        self.maximumStreamSize = maximumStreamSize
    }
}
