// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// What had been answered when the language model broke off; the cause of the error that ends the stream.
package struct PartialAnswer: Error, Sendable, CustomStringConvertible {
    package var text: String
    package var citations: [Citation]
    package var cause: any Error
    package var description: String { "after \(text.utf8.count) bytes of the answer: \(cause)" }
}

/// An answer while a language model writes it: passes text on at once, and each marker once its claim has been checked.
///
/// Events come one after the other, so the lock is never waited for; it is not held while anything is awaited.
final class GeneratedAnswer: Sendable {
    /// What is known of the answer so far.
    struct Progress: Sendable {
        var text = ""
        var citations: [Citation] = []
        var markersKept = 0
        var markersRemoved = 0
        var hasNumberMismatch = false
        var hasNegationMismatch = false
        /// The consumer of the events has gone away.
        var consumerIsGone = false
        var finishReason: String?
    }

    private struct State {
        var parser = MarkerParser()
        var tracker: ClaimTracker
        var progress = Progress()
    }

    private let check: CitationCheck
    private let onEvent: (@Sendable (AnswerEvent) async throws -> Void)?
    private let state: Mutex<State>

    init(
        check: CitationCheck,
        minimumClauseWords: Int,
        onEvent: (@Sendable (AnswerEvent) async throws -> Void)?
    ) {
        self.check = check
        self.onEvent = onEvent
        state = Mutex(State(tracker: ClaimTracker(minimumWords: minimumClauseWords)))
    }

    var progress: Progress { state.withLock { $0.progress } }

    /// Takes what the model sent.
    func receive(_ event: GenerationEvent) async throws(RAGError) {
        switch event {
        case .text(let text):
            try await perform(state.withLock { state in state.parser.feed(text).flatMap { state.tracker.take($0) } })
        case .finished(let reason, _, _):
            state.withLock { $0.progress.finishReason = reason }
        }
    }

    /// Sends what was held back. Call it once, after the last event.
    func finish() async throws(RAGError) {
        let steps = state.withLock { state in
            state.parser.finish().flatMap { state.tracker.take($0) } + state.tracker.finish()
        }
        try await perform(steps)
    }

    private func perform(_ steps: [ClaimTracker.Step]) async throws(RAGError) {
        for step in steps {
            switch step {
            case .emit(let text): try await emit(text)
            case .check(let numbers, let space, let claim): try await settle(numbers, space: space, claim: claim)
            }
        }
    }

    private func settle(_ numbers: [Int], space: String, claim: String) async throws(RAGError) {
        var kept: [Citation] = []
        for number in numbers {
            let verdict = try await check.verdict(on: claim, marker: number)
            if let citation = verdict.citation { kept.append(citation) }
            state.withLock { state in
                state.progress.markersKept += verdict.citation == nil ? 0 : 1
                state.progress.markersRemoved += verdict.citation == nil ? 1 : 0
                state.progress.hasNumberMismatch = state.progress.hasNumberMismatch || verdict.hasNumberMismatch
                state.progress.hasNegationMismatch = state.progress.hasNegationMismatch || verdict.hasNegationMismatch
            }
        }
        guard !kept.isEmpty else {
            // A line break before a marker that went still divides lines.
            if space.contains(where: \.isNewline) { try await emit(space) }
            return
        }
        try await emit(space + kept.map { "[\($0.marker)]" }.joined())
        for citation in kept {
            let isNew = state.withLock { state in
                guard !state.progress.citations.contains(citation) else { return false }
                state.progress.citations.append(citation)
                return true
            }
            if isNew { try await send(.citation(citation)) }
        }
    }

    private func emit(_ text: String) async throws(RAGError) {
        let piece = state.withLock { state in
            let piece = state.progress.text.isEmpty ? String(text.drop(while: \.isWhitespace)) : text
            state.progress.text += piece
            return piece
        }
        if !piece.isEmpty { try await send(.token(piece)) }
    }

    private func send(_ event: AnswerEvent) async throws(RAGError) {
        guard let onEvent else { return }
        do {
            try await onEvent(event)
        } catch {
            state.withLock { $0.progress.consumerIsGone = true }
            throw RAGError(.cancelled, "the caller went away", cause: error)
        }
    }
}
