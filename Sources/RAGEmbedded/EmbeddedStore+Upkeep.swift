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

extension EmbeddedStore {
    private static let upkeepQueue = DispatchQueue(label: "grounded.upkeep", qos: .utility)

    /// Merges, saves, closes and purges indexes until the task is cancelled. The caller owns the task; one at a time.
    package func run() async throws {
        var lastSave = ContinuousClock.now
        var round = 0
        while !Task.isCancelled {
            let isTimeToSave = lastSave.duration(to: .now) >= settings.snapshotInterval
            let isTimeToClose = round % 10 == 0
            round += 1
            await away { store in
                store.mergeIndexes()
                if isTimeToSave { store.saveChangedIndexes() }
                if isTimeToClose { store.closeLeastUsed() }
            }
            if isTimeToSave { lastSave = .now }
            await purge(waiting: settings.purgeDelay)
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    /// Saves every open index that changed since it was saved.
    package func saveIndexes() async {
        await away { store in store.saveChangedIndexes() }
    }

    /// Merges whatever the merge policy wants merged now.
    package func mergeNow() async {
        await away { store in store.mergeIndexes() }
    }

    /// Overwrites what was withdrawn at least `delay` ago: merges its index without it, saves that, and empties the journal.
    package func purge(waiting delay: Duration = .zero) async {
        let tenants = catalog.takePurges(waiting: delay)
        guard !tenants.isEmpty, let indexes = catalog.indexes else { return catalog.notePurges(tenants) }
        for tenant in tenants {
            do {
                try await purge(tenant, in: indexes)
            } catch {
                logger.error("purging withdrawn bytes failed, trying again", metadata: ["error": "\(error)"])
                catalog.notePurges([tenant])
            }
        }
    }

    private func purge(_ tenant: Int64, in indexes: TenantIndexes) async throws {
        let due: Int64 = try await readAway { db in
            try Int64.fetchOne(db, sql: "SELECT purge_due FROM tenants WHERE key = ?", arguments: [tenant]) ?? 0
        }
        _ = try await indexes.index(of: tenant)
        let slot = indexes.slot(of: tenant)
        CrashPoint.duringPurge.reached()
        let saved = await away { store in
            store.merge(slot, forced: true)
            return store.save(slot, in: indexes)
        }
        guard saved else { throw RAGError(.unavailable, "the merged index could not be saved") }
        // A withdrawal since then has raised the count again and waits for a purge of its own.
        try await commits.write { db, _ in
            try db.execute(
                sql: "UPDATE tenants SET purge_due = 0 WHERE key = ? AND purge_due = ?",
                arguments: [tenant, due]
            )
        }
        let isEmptied = try await commits.onWriter { db in
            let result = try db.checkpoint(.truncate)
            return result.walFrameCount <= 0
        }
        guard isEmptied else { throw RAGError(.overloaded, "a reader holds the journal") }
    }

    /// Runs `body` on the upkeep queue: merging takes seconds and must not hold a thread that queries need.
    private func away<Value: Sendable>(_ body: @escaping @Sendable (EmbeddedStore) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Self.upkeepQueue.async { continuation.resume(returning: body(self)) }
        }
    }

    private func mergeIndexes() {
        for slot in catalog.indexes?.known ?? [] {
            guard let open = slot.unsettled() else { continue }
            if open.index.mergeCandidates(forced: false) == nil { slot.settled(version: open.version) } else { merge(slot, forced: false) }
        }
    }

    /// Merges until nothing wants it. Deletions that go on meanwhile may ask for ever, so there is an end.
    private func merge(_ slot: TenantSlot, forced: Bool) {
        for _ in 0..<64 {
            guard let index = slot.peek()?.index, let plan = index.mergeCandidates(forced: forced) else { return }
            do {
                let segment = try TenantIndex.merge(plan)
                CrashPoint.beforeMergeSwap.reached()
                slot.update { $0.replacing(plan, with: segment) }
            } catch {
                logger.error("merging an index failed", metadata: ["error": "\(error)"])
                return
            }
        }
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
