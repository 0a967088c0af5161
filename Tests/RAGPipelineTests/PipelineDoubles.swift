// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Synchronization

/// Loads text as it is; `unreadable` in a document's text makes it fail, `slow` makes it take a second.
struct LittleLoader: DocumentLoader {
    func load(_ source: DocumentSource, deadline: Deadline) async throws(RAGError) -> LoadedDocument {
        if case .text(let text, _) = source.content, text.contains("slow") { try? await Task.sleep(for: .seconds(1)) }
        guard case .text(let text, let format) = source.content, !text.contains("unreadable") else {
            throw RAGError(.unreadableDocument, "the bytes cannot be read")
        }
        return LoadedDocument(text: text, format: format ?? .plain)
    }

    func blocks(of text: String, format: TextFormat) -> [TextBlock] { LittleMarkdown.blocks(of: text) }
}

/// An embedder that tests steer: it records calls, waits for `open` where it is held, and fails where it is told to.
final class SteeredEmbedder: EmbeddingProvider {
    private struct State {
        var calls: [(role: EmbeddingRole, texts: [String])] = []
        var running = 0
        var mostRunning = 0
        var isHeld = false
        var failure: @Sendable ([String]) -> RAGError? = { _ in nil }
    }

    private let inner: HashingEmbeddingProvider
    private let state = Mutex(State())
    let space: EmbeddingSpace

    init(maximumTokens: Int = 64) {
        inner = HashingEmbeddingProvider(dimension: 16, maximumTokens: maximumTokens)
        space = inner.space
    }

    var calls: [(role: EmbeddingRole, texts: [String])] { state.withLock { $0.calls } }
    var running: Int { state.withLock { $0.running } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }

    func hold() { state.withLock { $0.isHeld = true } }
    func open() { state.withLock { $0.isHeld = false } }
    func fail(_ failure: @escaping @Sendable ([String]) -> RAGError?) { state.withLock { $0.failure = failure } }

    func embed(_ texts: [String], as role: EmbeddingRole, deadline: Deadline) async throws(RAGError) -> EmbeddingMatrix {
        let failure = state.withLock { state in
            state.calls.append((role, texts))
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            return state.failure(texts)
        }
        defer { state.withLock { $0.running -= 1 } }
        if let failure { throw failure }
        while state.withLock({ $0.isHeld }) {
            try deadline.check("embedding")
            try? await Task.sleep(for: .milliseconds(1))
        }
        return try await inner.embed(texts, as: role, deadline: deadline)
    }

    func tokenSpans(of texts: [String], deadline: Deadline) async throws(RAGError) -> [TokenSpans] {
        texts.map(PieceTokens.spans)
    }
}

/// Waits until `condition` holds, for two seconds at most.
func eventually(_ condition: @Sendable () async throws -> Bool) async throws -> Bool {
    for _ in 0..<2_000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(1))
    }
    return false
}
