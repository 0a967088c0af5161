// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// One document on its way through a process: lets whoever no longer wants it end the process.
final class LoadingTicket: Sendable {
    private struct State {
        var process: WorkerProcess?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// The process that works on it now. Returns false if nobody wants it any more.
    func attach(_ process: WorkerProcess) -> Bool {
        state.withLock { state in
            guard !state.isCancelled else { return false }
            state.process = process
            return true
        }
    }

    /// To be called before the process is reaped: then its number may be another's.
    func detach() { state.withLock { $0.process = nil } }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // Under the lock, so that it is not reaped meanwhile.
            state.process?.kill()
        }
    }
}
