// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// Wakes whoever waits for something to have happened since they last looked.
package final class WakeSignal: Sendable {
    private struct State {
        var version = 0
        var waiting: [PendingValue<Void>] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// How often `notify` was called. Read it before looking for work: nothing that happens after is missed.
    package var version: Int { state.withLock { $0.version } }

    /// Wakes everyone who waits.
    package func notify() {
        let waiting = state.withLock { state in
            state.version += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.deliver(()) }
    }

    /// Returns at once if `notify` was called since `version`, else at the next call, at the deadline, or on cancellation.
    package func wait(after version: Int, until deadline: Deadline) async {
        let waiter = PendingValue<Void>()
        let isWaiting = state.withLock { state in
            guard state.version == version else { return false }
            state.waiting.append(waiter)
            return true
        }
        guard isWaiting else { return }
        _ = await waiter.wait(until: deadline)
        state.withLock { state in state.waiting.removeAll { $0 === waiter } }
    }
}
