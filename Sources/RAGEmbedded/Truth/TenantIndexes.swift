// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import GRDB
import Logging
import RAGCore
import RAGText
import Synchronization

/// The tenants' indexes of one generation: opened when they are needed, closed when memory is.
///
/// An index that is not open needs no care: whatever was committed meanwhile is found by comparing keys when it is opened.
final class TenantIndexes: Sendable {
    let generation: ActiveGeneration
    let extractor = TermExtractor()
    let snapshots: SnapshotDirectory
    private let pool: DatabasePool
    private let logger: Logger
    private let slots = Mutex<[Int64: TenantSlot]>([:])
    /// Few, so that openings never take all of the pool's readers from queries.
    private let lanes = (0..<4).map { DispatchQueue(label: "grounded.open.\($0)", qos: .userInitiated) }

    init(generation: ActiveGeneration, pool: DatabasePool, directory: String, logger: Logger) {
        self.generation = generation
        self.pool = pool
        self.logger = logger
        snapshots = SnapshotDirectory(root: directory, generation: generation.key)
    }

    /// The tenant's index, opened if need be; concurrent callers share one opening, which no cancellation and no deadline stops.
    /// - Throws: `deadlineExceeded` to the caller whose deadline passes before; `corrupt`, `unavailable` if it cannot be opened.
    func index(of tenant: Int64, deadline: Deadline = .never) async throws(RAGError) -> TenantIndex {
        let slot = slot(of: tenant)
        if let index = slot.current() { return index }
        let answer: IndexWaiter.Answer = await withCheckedContinuation { continuation in
            if slot.join(IndexWaiter(continuation, deadline: deadline)) { startOpening(slot) }
        }
        return try answer.get()
    }

    /// Opens the tenant's index in the background, so that it grows with the tenant and is not built at the first search.
    func openAhead(of tenant: Int64) {
        let slot = slot(of: tenant)
        if slot.beginOpening() { startOpening(slot) }
    }

    /// The tenant's index if it is open.
    func openIndex(of tenant: Int64) -> TenantIndex? { slots.withLock { $0[tenant] }?.current() }

    /// Brings the open indexes up to a commit.
    func apply(_ changes: IndexChanges) {
        for (tenant, change) in changes.byTenant {
            guard let slot = slots.withLock({ $0[tenant] }) else { continue }
            CrashPoint.beforeIndexApply.reached()
            slot.apply(change, extractor: extractor)
        }
    }

    /// The slots that were ever used.
    var known: [TenantSlot] { slots.withLock { Array($0.values) } }

    func slot(of tenant: Int64) -> TenantSlot {
        slots.withLock { slots in
            if let slot = slots[tenant] { return slot }
            let slot = TenantSlot(tenant: tenant)
            slots[tenant] = slot
            return slot
        }
    }

    /// What an index takes in memory, about: vectors, terms and places.
    func estimatedBytes(_ index: TenantIndex) -> Int {
        index.liveCount * (generation.space.dimension * 4 + 2_048) + 65_536
    }

    private func startOpening(_ slot: TenantSlot) {
        let lane = lanes[Int(slot.tenant.magnitude % UInt64(lanes.count))]
        lane.async { slot.finish(self.open(slot.tenant), extractor: self.extractor) }
    }

    private func open(_ tenant: Int64) -> Result<OpenedIndex, RAGError> {
        do {
            return .success(try pool.read { db in try read(TenantRows(db: db, tenant: tenant)) })
        } catch {
            return .failure(StorageFault.error(error))
        }
    }

    /// The snapshot, corrected by what SQLite holds; without a usable snapshot, everything from SQLite.
    private func read(_ rows: TenantRows) throws -> OpenedIndex {
        let keys = try rows.chunkKeys(generation: generation)
        let highest: Int64 = try rows.value("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'", []) ?? 0
        var index = TenantIndex(dimension: generation.space.dimension)
        var loaded: [Int64] = []
        if let snapshot = load(rows.tenant) {
            let held = Array(snapshot.keys)
            // Keys that were never given mean that the database is older than the snapshot: it was restored from a backup.
            if held.allSatisfy({ $0 <= highest }) { (index, loaded) = (snapshot, held) }
        }
        let known = Set(loaded)
        let current = Set(keys)
        let gone = loaded.filter { !current.contains($0) }
        let missing = keys.filter { !known.contains($0) }
        if !gone.isEmpty { index = index.retaining(current) }
        var start = 0
        while start < missing.count {
            let end = min(start + 8_192, missing.count)
            index = index.applying(adding: try entries(missing[start..<end], rows), removing: [])
            start = end
        }
        return OpenedIndex(index: index, keys: current, isSaved: !loaded.isEmpty && gone.isEmpty && missing.isEmpty)
    }

    private func load(_ tenant: Int64) -> TenantIndex? {
        guard let path = snapshots.existing(tenant) else { return nil }
        do {
            return try TenantIndex.load(from: path, dimension: generation.space.dimension)
        } catch {
            logger.warning("index snapshot unusable, rebuilding", metadata: ["tenant": "\(tenant)", "error": "\(error)"])
            return nil
        }
    }

    private func entries(_ keys: ArraySlice<Int64>, _ rows: TenantRows) throws -> [IndexedChunk] {
        var entries: [IndexedChunk] = []
        entries.reserveCapacity(keys.count)
        var start = keys.startIndex
        while start < keys.endIndex {
            let end = min(start + 512, keys.endIndex)
            for stored in try rows.chunks(keys: keys[start..<end], generation: generation) {
                entries.append(
                    IndexedChunk(
                        key: stored.key,
                        reference: stored.reference,
                        terms: extractor.terms(of: stored.indexedText),
                        vector: stored.vector,
                        metadata: stored.metadata
                    )
                )
            }
            start = end
        }
        return entries
    }
}
