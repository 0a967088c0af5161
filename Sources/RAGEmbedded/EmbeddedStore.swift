// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import Foundation
import GRDB
package import Logging
package import RAGCore
import RAGText
import Synchronization

/// The one-machine knowledge store: a SQLite file is the truth, the indexes in memory are derived from it and can be rebuilt.
///
/// What a call acknowledges is on the disk and found by the next search. `run()` keeps the indexes small and their snapshots fresh;
/// without it everything still works, only slower after a restart.
package final class EmbeddedStore: KnowledgeStore, IngestLog {
    /// Where the store lives and how much it may take.
    package struct Settings: Sendable {
        /// The data directory; made if it does not exist.
        package var directory: String
        /// Most bytes that open indexes may take, about.
        package var indexMemory: Int
        /// How long changes may wait for a snapshot of their index.
        package var snapshotInterval: Duration
        /// How long withdrawn bytes may wait before they are overwritten; at most 60 s keeps the store's promise.
        package var purgeDelay: Duration
        /// Most documents that may wait, of one tenant and of all.
        package var tenantQueue: Int
        package var globalQueue: Int

        package init(
            directory: String,
            indexMemory: Int = 2 << 30,
            snapshotInterval: Duration = .seconds(60),
            purgeDelay: Duration = .seconds(20),
            tenantQueue: Int = 10_000,
            globalQueue: Int = 100_000
        ) {
            self.directory = directory
            self.indexMemory = indexMemory
            self.snapshotInterval = snapshotInterval
            self.purgeDelay = purgeDelay
            self.tenantQueue = tenantQueue
            self.globalQueue = globalQueue
        }
    }

    /// The database file inside the data directory.
    package static let fileName = "grounded.sqlite"
    /// Attempts after which a document is given up.
    static let strikes = 3
    /// How long closing may overwrite what was withdrawn.
    private static let closingPurge = Duration.seconds(3)

    let settings: Settings
    let logger: Logger
    let lock: DirectoryLock
    let pool: DatabasePool
    let commits: CommitQueue
    let catalog: IndexCatalog
    /// Leases run out by a clock that nobody sets.
    let started = ContinuousClock.now
    private let tenantKeys = Mutex<[String: Int64]>([:])
    let isClosed = Mutex(false)

    /// Opens the store, making or migrating its file.
    /// - Throws: `conflict` if another process holds the directory; `corrupt`, `unavailable` or `incompatible` if it cannot be used.
    package init(_ settings: Settings, logger: Logger = Logger(label: "grounded.store")) throws(RAGError) {
        self.settings = settings
        self.logger = logger
        do {
            try FileManager.default.createDirectory(
                atPath: settings.directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw RAGError(.unavailable, "cannot make \(settings.directory)", cause: error)
        }
        lock = try DirectoryLock(directory: settings.directory)
        let catalog = IndexCatalog()
        do {
            let pool = try Self.pool(settings.directory + "/" + Self.fileName)
            try Schema.migrate(pool)
            // One process, so whoever held a lease is gone.
            let active = try pool.write { db in
                try db.execute(sql: "UPDATE job_items SET leased_until = NULL WHERE leased_until IS NOT NULL")
                return try ActiveGeneration.current(in: db)
            }
            self.pool = pool
            if let active {
                let indexes = TenantIndexes(
                    generation: active,
                    pool: pool,
                    directory: settings.directory + "/index",
                    logger: logger
                )
                // A crash may have left what was withdrawn since in a generation that nobody saves any more.
                indexes.snapshots.removeOtherGenerations()
                catalog.indexes = indexes
            }
            try catalog.notePurges(pool.read { db in try Int64.fetchAll(db, sql: "SELECT key FROM tenants WHERE purge_due > 0") })
        } catch {
            lock.release()
            throw StorageFault.error(error)
        }
        self.catalog = catalog
        commits = CommitQueue(pool: pool) { changes in catalog.apply(changes) }
    }

    /// Says in the lock file where the server answers, for command-line tools.
    package func advertise(url: String) { lock.advertise(url: url) }

    /// The process that serves `directory` now and its URL, or nil if the directory is free.
    package static func server(of directory: String) -> DirectoryLock.Holder? { DirectoryLock.holder(of: directory) }

    /// Transactions committed since the store was opened.
    package var commitCount: Int { commits.commits }

    /// Why the store takes no writes any more, or nil while it does.
    package var writeFailure: RAGError? { commits.failure }

    /// Overwrites what was withdrawn, as far as a few seconds allow, ends writing, saves the indexes and gives the directory back. Calls after the first do nothing.
    package func close() async throws(RAGError) {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        // What does not get done in time stays due and is done after the next start.
        let deadline = Deadline.after(Self.closingPurge)
        await purge(waiting: .zero, deadline: deadline) { deadline.hasPassed }
        await commits.close()
        await saveIndexes()
        do {
            try await pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            try pool.close()
        } catch {
            logger.warning("closing the store", metadata: ["error": "\(error)"])
        }
        lock.release()
    }

    /// The indexes of the generation in force.
    /// - Throws: `incompatible` before `prepare`.
    func indexes() throws(RAGError) -> TenantIndexes {
        guard let indexes = catalog.indexes else {
            throw RAGError(.incompatible, "the store was not prepared for any generation")
        }
        return indexes
    }

    /// Reads in one transaction, on the caller's thread: every use is a few look-ups.
    func read<Value>(_ body: (Database) throws -> Value) throws(RAGError) -> Value {
        do { return try pool.read(body) } catch { throw StorageFault.error(error) }
    }

    /// Reads in one transaction, away from the caller's thread, for what takes longer.
    func readAway<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RAGError) -> Value {
        do { return try await pool.read(body) } catch { throw StorageFault.error(error) }
    }

    /// The tenant's key, or nil if it never wrote anything.
    func key(of scope: TenantScope) throws(RAGError) -> Int64? {
        if let key = tenantKeys.withLock({ $0[scope.tenant] }) { return key }
        guard let key = try read({ db in try TenantRows.existing(scope, in: db)?.tenant }) else { return nil }
        tenantKeys.withLock { $0[scope.tenant] = key }
        return key
    }

    package func sequence(in scope: TenantScope) async throws(RAGError) -> UInt64 {
        // A tenant that no search has asked for yet counts as unknown: looking it up would be reading.
        catalog.sequence(of: tenantKeys.withLock { $0[scope.tenant] })
    }

    /// The file as every process that writes it must open it.
    /// - Parameter patience: Seconds that a write waits for another process's.
    static func pool(_ path: String, patience: TimeInterval = 5) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "grounded"
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(patience)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // What is deleted is overwritten, in the file and in its journal's pages.
            try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA cache_size = -16000")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL when it turns the write-ahead log on, which loses acknowledged commits when the power fails.
        try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }
}
