// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import RAGCore
import Synchronization

/// Somebody who waits for an index; answered once, at the latest when the deadline passes.
final class IndexWaiter: Sendable {
    typealias Answer = Result<TenantIndex, RAGError>

    private let continuation: Mutex<CheckedContinuation<Answer, Never>?>

    init(_ continuation: CheckedContinuation<Answer, Never>, deadline: Deadline) {
        self.continuation = Mutex(continuation)
        let left = deadline.remaining.inSeconds
        // A deadline that is days away needs no timer.
        guard left < 86_400 else { return }
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + left) { [self] in
            // The timer keeps the waiter, so that the deadline answers whatever becomes of the slot.
            answer(.failure(RAGError(.deadlineExceeded, "the deadline passed while the index was being opened; retry later")))
        }
    }

    /// Answers; later answers are passed over.
    func answer(_ answer: Answer) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: answer)
    }
}
