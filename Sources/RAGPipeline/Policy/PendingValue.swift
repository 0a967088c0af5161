// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// One task's wait for a value that another delivers. It ends with the value, at the deadline, or when the waiting task is cancelled.
package final class PendingValue<Value: Sendable>: Sendable {
    /// How the wait ended.
    package enum Outcome: Sendable {
        case value(Value)
        case expired
        case cancelled
    }

    private enum State {
        case open
        case waiting(CheckedContinuation<Outcome, Never>)
        case ended(Outcome)
    }

    private let state = Mutex(State.open)

    package init() {}

    /// Hands the value over.
    /// - Returns: False if the wait has ended already; the value is then still the caller's.
    @discardableResult
    package func deliver(_ value: Value) -> Bool { end(.value(value)) }

    /// Waits; called once.
    package func wait(until deadline: Deadline) async -> Outcome {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends early only when the wait has ended or its task was cancelled.
                guard (try? await ContinuousClock().sleep(until: deadline.instant)) != nil else { return }
                _ = self.end(.expired)
            }
            let outcome = await withTaskCancellationHandler {
                await withCheckedContinuation { self.suspend($0) }
            } onCancel: {
                _ = self.end(.cancelled)
            }
            group.cancelAll()
            return outcome
        }
    }

    private func suspend(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early: Outcome? = state.withLock { state in
            if case .ended(let outcome) = state { return outcome }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    private func end(_ outcome: Outcome) -> Bool {
        let (continuation, isFirst): (CheckedContinuation<Outcome, Never>?, Bool) = state.withLock { state in
            switch state {
            case .ended:
                return (nil, false)
            case .open:
                state = .ended(outcome)
                return (nil, true)
            case .waiting(let continuation):
                state = .ended(outcome)
                return (continuation, true)
            }
        }
        continuation?.resume(returning: outcome)
        return isFirst
    }
}
