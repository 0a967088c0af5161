// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Synchronization

/// Ends work that waits too long: for the whole (the deadline), or for one step (the limit in force).
///
/// AsyncHTTPClient's own deadline ends at the response's head, so it cannot bound a body.
final class Watchdog: Sendable {
    private struct Limit {
        var instant: ContinuousClock.Instant
        var message: String
    }

    private let deadline: Deadline
    private let name: String
    private let limit = Mutex<Limit?>(nil)

    init(deadline: Deadline, name: String) {
        self.deadline = deadline
        self.name = name
    }

    /// From now on the step must end before `instant`; nil while nothing is waited for.
    func expect(before instant: ContinuousClock.Instant?, _ message: String = "") {
        limit.withLock { $0 = instant.map { Limit(instant: $0, message: message) } }
    }

    /// Returns the error of whichever limit passes first; throws when cancelled.
    private func wait() async throws -> RAGError {
        // Looks at a limit that may move at least this often, so that no wake-up is needed when one is set.
        let step = Duration.milliseconds(50)
        while true {
            let now = ContinuousClock.now
            if deadline.hasPassed { return RAGError(.deadlineExceeded, "the deadline passed while waiting for \(name)") }
            let current = limit.withLock { $0 }
            if let current, now >= current.instant { return RAGError(.unavailable, "\(name) \(current.message)") }
            let next = min(deadline.instant, current?.instant ?? deadline.instant)
            try await Task.sleep(until: min(next, now.advanced(by: step)), tolerance: .milliseconds(5), clock: .continuous)
        }
    }

    /// Runs `work`, cancelling it when a limit passes.
    func guarding<Success: Sendable>(_ work: @escaping @Sendable () async throws -> Success) async throws -> Success {
        try await withThrowingTaskGroup(of: Result<Success, RAGError>.self) { group in
            group.addTask { .success(try await work()) }
            group.addTask { .failure(try await self.wait()) }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return try first.get()
        }
    }
}
