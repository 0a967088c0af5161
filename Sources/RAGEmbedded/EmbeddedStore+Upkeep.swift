// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import Foundation
import GRDB
import Logging
import RAGCore
import Synchronization

extension EmbeddedStore {
    private static let upkeepQueue = DispatchQueue(label: "grounded.upkeep", qos: .utility)

    /// Merges, saves, closes and purges indexes until the task is cancelled. The caller owns the task; one at a time.
    package func run() async throws {
        let stop = StopFlag()
        await withTaskCancellationHandler {
            await keepUp { stop.isSet }
        } onCancel: {
            stop.set()
        }
    }

    private func keepUp(until isCancelled: @escaping @Sendable () -> Bool) async {
        var lastSave = ContinuousClock.now
        var round = 0
        while !Task.isCancelled {
            let isTimeToSave = lastSave.duration(to: .now) >= settings.snapshotInterval
            let isTimeToClose = round % 10 == 0
            round += 1
            await away { store in
                store.mergeIndexes(isCancelled)
                if isTimeToSave { store.saveChangedIndexes() }
                if isTimeToClose { store.closeLeastUsed() }
            }
            if isTimeToSave { lastSave = .now }
            await purge(waiting: settings.purgeDelay, deadline: .never, isCancelled)
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    /// Saves every open index that changed since it was saved.
    package func saveIndexes() async {
        await away { store in store.saveChangedIndexes() }
    }

    /// Merges whatever the merge policy wants merged now.
    package func mergeNow() async {
        await away { store in store.mergeIndexes { false } }
    }

    /// Overwrites what was withdrawn: merges its index without it, saves that, and empties the journal.
    package func purge() async { await purge(waiting: .zero, deadline: .never) { false } }

    /// Purges as long as it may; what it leaves stays due.
    func purge(waiting delay: Duration, deadline: Deadline, _ isCancelled: @escaping @Sendable () -> Bool) async {
        let tenants = catalog.takePurges(waiting: delay)
        guard !tenants.isEmpty, let indexes = catalog.indexes else { return catalog.notePurges(tenants) }
        for tenant in tenants {
            do {
                if isCancelled() { throw RAGError(.cancelled, "purging was cancelled") }
                try await purge(tenant, in: indexes, deadline: deadline, isCancelled)
            } catch {
                if !isCancelled() {
                    logger.error("purging withdrawn bytes failed, trying again", metadata: ["error": "\(error)"])
                }
                catalog.notePurges([tenant])
            }
        }
    }

    private func purge(
        _ tenant: Int64,
        in indexes: TenantIndexes,
        deadline: Deadline,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) async throws {
        let due: Int64 = try await readAway { db in
            try Int64.fetchOne(db, sql: "SELECT purge_due FROM tenants WHERE key = ?", arguments: [tenant]) ?? 0
        }
        _ = try await indexes.index(of: tenant, deadline: deadline)
        let slot = indexes.slot(of: tenant)
        CrashPoint.duringPurge.reached()
        let saved = await away { store in
            store.merge(slot, forced: true, isCancelled) && store.save(slot, in: indexes)
        }
        guard saved else { throw RAGError(.unavailable, "the index could not be merged and saved without what was withdrawn") }
        let isEmptied = try await commits.onWriter { db in try Self.emptyJournal(db) }
        guard isEmptied else { throw RAGError(.overloaded, "a reader holds the journal") }
        // A withdrawal since then has raised the count again and waits for a purge of its own.
        try await commits.write { db, _ in
            try db.execute(
                sql: "UPDATE tenants SET purge_due = 0 WHERE key = ? AND purge_due = ?",
                arguments: [tenant, due]
            )
        }
    }

    /// Copies the journal into the file and truncates it, unless readers hold it for longer than writers can wait.
    private static func emptyJournal(_ db: Database) throws -> Bool {
        let copied = try db.checkpoint(.passive)
        guard copied.checkpointedFrameCount >= copied.walFrameCount else { return false }
        let usual = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 5_000
        try db.execute(sql: "PRAGMA busy_timeout = 250")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(usual)") }
        return try db.checkpoint(.truncate).walFrameCount <= 0
    }

    /// Runs `body` on the upkeep queue: merging takes seconds and must not hold a thread that queries need.
    private func away<Value: Sendable>(_ body: @escaping @Sendable (EmbeddedStore) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Self.upkeepQueue.async { continuation.resume(returning: body(self)) }
        }
    }

    private func mergeIndexes(_ isCancelled: () -> Bool) {
        for slot in catalog.indexes?.known ?? [] where !isCancelled() {
            guard let open = slot.unsettled() else { continue }
            if open.index.mergeCandidates(forced: false) == nil {
                slot.settled(version: open.version)
            } else {
                merge(slot, forced: false, isCancelled)
            }
        }
    }

    /// Merges until nothing wants it. Deletions that go on meanwhile may ask for ever, so there is an end.
    /// - Returns: Whether the index came to want nothing more.
    @discardableResult
    private func merge(_ slot: TenantSlot, forced: Bool, _ isCancelled: () -> Bool) -> Bool {
        for _ in 0..<64 {
            guard let index = slot.peek()?.index else { return false }
            guard let plan = index.mergeCandidates(forced: forced) else { return true }
            do {
                let segment = try TenantIndex.merge(plan, isCancelled: isCancelled)
                CrashPoint.beforeMergeSwap.reached()
                slot.update { $0.replacing(plan, with: segment) }
            } catch {
                if error.code != .cancelled { logger.error("merging an index failed", metadata: ["error": "\(error)"]) }
                return false
            }
        }
        return false
    }

    private func saveChangedIndexes() {
        guard let indexes = catalog.indexes else { return }
        for slot in indexes.known where slot.peek()?.isSaved == false { _ = save(slot, in: indexes) }
    }

    private func save(_ slot: TenantSlot, in indexes: TenantIndexes) -> Bool {
        guard let open = slot.peek() else { return false }
        guard !open.isSaved else { return true }
        do {
            CrashPoint.duringSnapshot.reached()
            try open.index.save(to: indexes.snapshots.made(slot.tenant))
            slot.saved(version: open.version)
            CrashPoint.afterSnapshot.reached()
            return true
        } catch {
            logger.error("saving an index failed; it is rebuilt at the next start", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Closes the indexes that were not used for the longest time until the rest fits.
    private func closeLeastUsed() {
        guard let indexes = catalog.indexes else { return }
        var open = indexes.known.compactMap { slot in slot.peek().map { (slot: slot, state: $0) } }
        var bytes = open.reduce(0) { $0 + indexes.estimatedBytes($1.state.index) }
        guard bytes > settings.indexMemory else { return }
        open.sort { $0.state.lastUse < $1.state.lastUse }
        for (slot, state) in open where bytes > settings.indexMemory {
            guard save(slot, in: indexes) else { continue }
            slot.close(ifVersion: state.version)
            bytes -= indexes.estimatedBytes(state.index)
        }
    }
}

/// Set once, by whoever cancels, for work that runs outside of any task.
private final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
