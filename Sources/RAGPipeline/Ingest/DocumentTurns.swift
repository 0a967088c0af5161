// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// Lets work on one document happen one after the other, so that two requests for it never mix.
final class DocumentTurns: Sendable {
    private struct Key: Hashable {
        var scope: TenantScope
        var document: DocumentID
    }

    /// Documents that are being worked on, and who waits for them.
    private let busy = Mutex<[Key: [PendingValue<Void>]]>([:])

    /// Runs `body` when nobody else works on the document.
    func whenFree<Result>(
        _ document: DocumentID,
        in scope: TenantScope,
        deadline: Deadline,
        _ body: () async throws(RAGError) -> Result
    ) async throws(RAGError) -> Result {
        let key = Key(scope: scope, document: document)
        try await take(key, deadline: deadline)
        defer { pass(key) }
        return try await body()
    }

    private func take(_ key: Key, deadline: Deadline) async throws(RAGError) {
        let turn = PendingValue<Void>()
        let isFree = busy.withLock { busy in
            guard busy[key] != nil else {
                busy[key] = []
                return true
            }
            busy[key]?.append(turn)
            return false
        }
        guard !isFree else { return }
        let outcome = await turn.wait(until: deadline)
        if case .value = outcome { return }
        busy.withLock { $0[key]?.removeAll { $0 === turn } }
        if case .cancelled = outcome { throw RAGError(.cancelled, "the caller went away") }
        throw RAGError(.deadlineExceeded, "the deadline passed while another request works on the document")
    }

    private func pass(_ key: Key) {
        while true {
            let next: PendingValue<Void>? = busy.withLock { busy in
                guard var waiting = busy[key], !waiting.isEmpty else {
                    busy[key] = nil
                    return nil
                }
                let first = waiting.removeFirst()
                busy[key] = waiting
                return first
            }
            guard let next, !next.deliver(()) else { return }
        }
    }
}
