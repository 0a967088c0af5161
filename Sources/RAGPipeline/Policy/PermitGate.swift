// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

/// A bounded number of permits, with a short bounded line before it. Never waits when a permit is free.
package final class PermitGate: Sendable {
    private struct State {
        var line: PermitLine
        var waiters: [PermitLine.Ticket: PendingValue<Void>] = [:]
    }

    private let name: String
    private let retryAfter: Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - name: What the permits are for, in the words of an error message.
    ///   - retryAfter: What a refused caller is told.
    package init(_ name: String, line: PermitLine, retryAfter: Duration = .seconds(1)) {
        self.name = name
        self.retryAfter = retryAfter
        state = Mutex(State(line: line))
    }

    /// Permits given out.
    package var inFlight: Int { state.withLock { $0.line.inFlight } }

    /// How many wait for one.
    package var waiting: Int { state.withLock { $0.line.waiting } }

    /// Takes a permit, which the caller gives back with `release`.
    ///
    /// - Parameters:
    ///   - lane: Which line to wait in; 0 goes first.
    ///   - patience: Longest wait; nil means up to the deadline.
    /// - Throws: `overloaded` where the line is full or patience ran out, `deadlineExceeded`, `cancelled`.
    package func acquire(lane: Int = 0, deadline: Deadline, patience: Duration? = nil) async throws(RAGError) {
        try deadline.check(name)
        let waiter = PendingValue<Void>()
        let entry = state.withLock { state in
            let entry = state.line.enter(lane: lane)
            if case .queued(let ticket) = entry { state.waiters[ticket] = waiter }
            return entry
        }
        switch entry {
        case .granted: return
        case .refused: throw overloaded()
        case .queued(let ticket): try await wait(for: waiter, ticket: ticket, deadline: deadline, patience: patience)
        }
    }

    /// Gives a permit back; the next in line gets it.
    package func release() {
        while true {
            let next: (ticket: PermitLine.Ticket, waiter: PendingValue<Void>?)? = state.withLock { state in
                guard let ticket = state.line.leave() else { return nil }
                return (ticket, state.waiters.removeValue(forKey: ticket))
            }
            // A waiter that left a moment ago takes no permit: it goes to the one after.
            guard let next, next.waiter?.deliver(()) != true else { return }
        }
    }

    private func wait(
        for waiter: PendingValue<Void>,
        ticket: PermitLine.Ticket,
        deadline: Deadline,
        patience: Duration?
    ) async throws(RAGError) {
        let limit = patience.map { min(deadline, .after($0)) } ?? deadline
        let outcome = await waiter.wait(until: limit)
        if case .value = outcome { return }
        state.withLock { state in
            state.waiters[ticket] = nil
            state.line.abandon(ticket)
        }
        if case .cancelled = outcome { throw RAGError(.cancelled, "the caller went away while waiting for \(name)") }
        guard limit < deadline else {
            throw RAGError(.deadlineExceeded, "the deadline passed while waiting for \(name); raise deadline_ms or ask for less")
        }
        throw overloaded()
    }

    private func overloaded() -> RAGError {
        RAGError(.overloaded, "the server is at its limit for \(name); retry later", retryAfter: retryAfter)
    }
}
