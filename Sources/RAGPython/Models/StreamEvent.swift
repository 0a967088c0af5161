// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// What `next_event` says.
enum StreamEvent: Sendable, Hashable {
    case event(GenerationEvent)
    /// Nothing yet.
    case waiting

    /// Throws `wrongResult` where the JSON is none of the three forms: `text`, `finished`, `waiting`.
    init(parsing text: String) throws(PythonError) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)) else { throw PythonError.wrongResult("an event that is not JSON") }
        if let text = json["text"]?.string {
            self = .event(.text(text))
        } else if let end = json["finished"], end.object != nil {
            self = .event(
                .finished(
                    reason: end["reason"]?.string ?? "stop",
                    promptTokens: end["prompt_tokens"]?.integer.map(Int.init),
                    completionTokens: end["completion_tokens"]?.integer.map(Int.init)
                )
            )
        } else if json["waiting"] != nil {
            self = .waiting
        } else {
            throw PythonError.wrongResult("an event that is neither text nor an end")
        }
    }
}

/// A stream between the thread that opens it and the task that waits for it: one of the two closes it.
final class Opened: Sendable {
    private struct State {
        var stream: (any PythonStream)?
        var isAbandoned = false
    }

    private let state = Mutex(State())

    /// Hands the stream over. False if nobody waits for it any more.
    func keep(_ stream: any PythonStream) -> Bool {
        state.withLock { state in
            if !state.isAbandoned { state.stream = stream }
            return !state.isAbandoned
        }
    }

    /// Says that nobody waits. Returns the stream if it was there already.
    func abandon() -> (any PythonStream)? {
        state.withLock { state in
            state.isAbandoned = true
            return state.stream
        }
    }
}
