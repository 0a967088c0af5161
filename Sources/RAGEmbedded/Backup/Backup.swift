// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore

/// Backups of an embedded store: one file that holds everything that was acknowledged when it was begun.
package enum Backup {
    /// Pages that are copied before the copy looks up.
    private static let pagesPerStep: Int32 = 2_048
    private static let purpose = "backup"

    /// Writes a backup of the store in `directory`, which a server may be serving and writing meanwhile.
    ///
    /// The file gets its name when all of it is on the disk and was read back; until then nothing is there under that name, whatever
    /// happens. What a killed backup to the same name left is removed.
    /// - Parameters:
    ///   - program: The version of this program, for the manifest.
    ///   - replacing: Whether a file of that name may be replaced.
    /// - Throws: `conflict` if the file exists, `notFound` if there is no store, `insufficientStorage`, `corrupt` if the store is damaged.
    @concurrent
    package static func write(
        _ directory: String,
        to file: String,
        program: String,
        replacing: Bool = false
    ) async throws(RAGError) -> BackupManifest {
        let url = URL(fileURLWithPath: file).standardizedFileURL
        let (name, parent) = (url.lastPathComponent, url.deletingLastPathComponent().path)
        guard replacing || !FileManager.default.fileExists(atPath: url.path) else {
            throw RAGError(.conflict, "\(file) exists already")
        }
        let staging = try StagingDirectory(for: name, in: parent, purpose: purpose)
        let copy = staging.path + "/copy.sqlite"
        let manifest = try snapshot(of: directory, to: copy, program: program)
        try check(copy, against: manifest)
        let whole = staging.path + "/" + name
        try BackupFile.write(manifest, database: copy, to: whole)
        guard try BackupFile.read(whole) == manifest else { throw RAGError(.corrupt, "the backup did not read back as it was written") }
        try PlainFile.move(whole, to: url.path, replacing: replacing)
        try PlainFile.sync(directory: parent)
        return manifest
    }

    /// Reads a backup from its first byte to its last and compares its checksum.
    @concurrent
    package static func verify(_ file: String) async throws(RAGError) -> BackupManifest { try BackupFile.read(file) }

    /// Copies a store's database as it is at one moment. Readers do not hold writers up.
    private static func snapshot(of directory: String, to copy: String, program: String) throws(RAGError) -> BackupManifest {
        let archive = try EmbeddedArchive(reading: directory)
        let manifest: BackupManifest
        do {
            var configuration = Configuration()
            // The copy is made durable as part of the backup.
            configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY") }
            let target = try DatabaseQueue(path: copy, configuration: configuration)
            // One transaction for all of it: what is copied is what was digested.
            manifest = try archive.pool.read { db in
                _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM tenants")
                let createdAt = Date().timeIntervalSince1970
                try target.writeWithoutTransaction { copy in try db.backup(to: copy, pagesPerStep: pagesPerStep) }
                let content = try LogicalDigest(of: db)
                return BackupManifest(
                    program: program,
                    schema: Schema.version,
                    generation: try ActiveGeneration.current(in: db)?.identifier,
                    createdAt: createdAt,
                    counts: content.counts,
                    digest: content.digest
                )
            }
            try target.close()
        } catch {
            try? archive.close()
            throw StorageFault.error(error)
        }
        try archive.close()
        return manifest
    }

    /// Opens a copy of a database, makes it independent of any journal and compares what it holds.
    static func check(_ copy: String, against manifest: BackupManifest) throws(RAGError) {
        do {
            let queue = try DatabaseQueue(path: copy)
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
            try queue.read { db in
                let faults = try String.fetchAll(db, sql: "PRAGMA quick_check(1)").filter { $0 != "ok" }
                guard faults.isEmpty else { throw RAGError(.corrupt, "the database is damaged: \(faults[0])") }
                let content = try LogicalDigest(of: db)
                guard content.digest == manifest.digest, content.counts == manifest.counts else {
                    throw RAGError(.corrupt, "the database does not hold what the manifest says")
                }
            }
            try queue.close()
        } catch {
            throw StorageFault.error(error)
        }
    }
}
