// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import GRDB
import RAGCore
import Synchronization

/// The one writer: takes everything that waits, commits it together, applies it to the indexes, and only then tells the callers.
///
/// Each operation runs in a savepoint of its own, so one that fails leaves the others alone. A commit that fails fails the whole batch
/// and touches no index. A caller that is cancelled while it waits has no effect on the batch.
final class CommitQueue: Sendable {
    /// Most operations in one transaction.
    static let largestBatch = 256

    private struct Operation: Sendable {
        /// Runs in the transaction; returns what tells the caller that it is done.
        var run: @Sendable (Database, inout IndexChanges) throws -> @Sendable () -> Void
        var fail: @Sendable (RAGError) -> Void
    }

    private struct State {
        var waiting: [Operation] = []
        var draining = false
        var closed: RAGError?
    }

    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "grounded.commit", qos: .userInitiated)
    private let state = Mutex(State())
    private let apply: @Sendable (IndexChanges) -> Void
    private let committed = Atomic<Int>(0)

    /// - Parameter apply: Brings the open indexes up to what was committed; called on the writer, once per commit.
    init(pool: DatabasePool, apply: @escaping @Sendable (IndexChanges) -> Void) {
        self.pool = pool
        self.apply = apply
    }

    /// Transactions committed so far.
    var commits: Int { committed.load(ordering: .relaxed) }

    /// Why writing has ended, or nil while it is possible.
    var failure: RAGError? { state.withLock { $0.closed } }

    /// Runs `body` with others in one transaction and returns when it is on the disk and searchable.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database, inout IndexChanges) throws -> Value
    ) async throws(RAGError) -> Value {
        let result: Result<Value, RAGError> = await withCheckedContinuation { continuation in
            enqueue(
                Operation(
                    run: { db, changes in
                        let value = try body(db, &changes)
                        return { continuation.resume(returning: .success(value)) }
                    },
                    fail: { continuation.resume(returning: .failure($0)) }
                )
            )
        }
        return try result.get()
    }

    /// Runs `body` on the writer, outside of any transaction, after everything that was enqueued before.
    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RAGError) -> Value {
        let result: Result<Value, RAGError> = await withCheckedContinuation { continuation in
            queue.async { [pool] in
                do {
                    continuation.resume(returning: .success(try pool.writeWithoutTransaction(body)))
                } catch {
                    continuation.resume(returning: .failure(StorageFault.error(error)))
                }
            }
        }
        return try result.get()
    }

    /// Refuses what comes later and returns when everything that came before is done.
    func close() async {
        state.withLock { $0.closed = $0.closed ?? RAGError(.overloaded, "the store is shutting down") }
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    private func enqueue(_ operation: Operation) {
        let refusal: RAGError? = state.withLock { state in
            if let closed = state.closed { return closed }
            state.waiting.append(operation)
            if !state.draining {
                state.draining = true
                queue.async { self.drain() }
            }
            return nil
        }
        if let refusal { operation.fail(refusal) }
    }

    private func drain() {
        while true {
            let batch: [Operation] = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.largestBatch))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.draining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
        }
    }

    private func commit(_ batch: [Operation]) {
        if let closed = failureOfTheDisk() { return batch.forEach { $0.fail(closed) } }
        var changes = IndexChanges()
        var outcomes: [Result<@Sendable () -> Void, RAGError>] = []
        do {
            try pool.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for operation in batch { outcomes.append(try run(operation, in: db, &changes)) }
                    CrashPoint.beforeCommit.reached()
                    return .commit
                }
            }
        } catch {
            return fail(batch, because: error)
        }
        committed.add(1, ordering: .relaxed)
        CrashPoint.afterCommit.reached()
        apply(changes)
        CrashPoint.beforeAcknowledge.reached()
        for (operation, outcome) in zip(batch, outcomes) {
            switch outcome {
            case .success(let acknowledge): acknowledge()
            case .failure(let error): operation.fail(error)
            }
        }
        CrashPoint.afterAcknowledge.reached()
    }

    /// Runs one operation in a savepoint; throws only what concerns the whole transaction.
    private func run(
        _ operation: Operation,
        in db: Database,
        _ changes: inout IndexChanges
    ) throws -> Result<@Sendable () -> Void, RAGError> {
        var own = IndexChanges()
        var acknowledge: (@Sendable () -> Void)?
        do {
            try db.inSavepoint {
                acknowledge = try operation.run(db, &own)
                return .commit
            }
        } catch  where !StorageFault.concernsTheFile(error) {
            return .failure(StorageFault.error(error))
        }
        changes.append(own)
        return acknowledge.map { .success($0) } ?? .failure(RAGError(.internal, "the operation did not run"))
    }

    private func fail(_ batch: [Operation], because error: any Error) {
        let reply = StorageFault.error(error)
        if StorageFault.endsWriting(error) {
            state.withLock { state in
                state.closed = RAGError(
                    .unavailable,
                    "the store is read-only since its disk failed; restart the server once the disk is sound",
                    retryAfter: .seconds(60),
                    cause: error
                )
            }
        }
        for operation in batch { operation.fail(reply) }
    }

    /// What was enqueued before the disk failed must not be written after it.
    private func failureOfTheDisk() -> RAGError? {
        state.withLock { $0.closed.flatMap { $0.code == .unavailable ? $0 : nil } }
    }
}
