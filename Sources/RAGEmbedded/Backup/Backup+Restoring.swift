// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
package import RAGCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Backup {
    private static let restoring = "restore"

    /// Makes a data directory from a backup: all of it, or nothing.
    ///
    /// The whole file is read and its checksum compared before anything is made; the directory gets its name, or the database its place,
    /// when everything is on the disk and holds what the manifest says.
    /// - Parameter directory: Does not exist yet, or is empty.
    /// - Throws: `corrupt` if the backup is not whole, `conflict` if the directory is not empty or is a link, `incompatible` if the backup was
    ///   written by a newer version.
    @concurrent
    package static func restore(_ file: String, to directory: String) async throws(RAGError) -> BackupManifest {
        let manifest = try BackupFile.read(file)
        guard Schema.migrator.migrations.contains(manifest.schema) else { throw Schema.newer }
        let url = URL(fileURLWithPath: directory).standardizedFileURL
        let (name, parent) = (url.lastPathComponent, url.deletingLastPathComponent().path)
        let place = try Place(directory: url.path, parent: parent, name: name)
        // Where another file system is mounted at the directory, nothing beside it can be moved there.
        let staging = try StagingDirectory(for: name, in: place == .mounted ? url.path : parent, purpose: restoring)
        let database = staging.path + "/" + EmbeddedStore.fileName
        try unpack(file, to: database, expecting: manifest)
        try check(database, against: manifest)
        try sync(database)
        if place == .mounted {
            try PlainFile.move(database, to: url.path + "/" + EmbeddedStore.fileName, replacing: false)
            try PlainFile.sync(directory: url.path)
        } else {
            staging.disown()
            try PlainFile.sync(directory: staging.path)
            // Succeeds only while the directory is empty or absent.
            guard rename(staging.path, url.path) == 0 else { throw PlainFile.failure("rename to", url.path) }
        }
        try PlainFile.sync(directory: parent)
        return manifest
    }

    /// What is at the place to restore to.
    private enum Place {
        case absent
        case empty
        /// Empty, and on another file system than its parent.
        case mounted

        init(directory: String, parent: String, name: String) throws(RAGError) {
            var status = stat()
            guard lstat(directory, &status) == 0 else {
                guard errno == ENOENT else { throw PlainFile.failure("examine", directory) }
                self = .absent
                return
            }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw RAGError(.conflict, "\(directory) is not a directory; a backup is restored to a new or empty one")
            }
            var above = stat()
            guard stat(parent, &above) == 0 else { throw PlainFile.failure("examine", parent) }
            let isMounted = above.st_dev != status.st_dev
            let entries: [String]
            do {
                entries = try FileManager.default.contentsOfDirectory(atPath: directory)
            } catch {
                throw RAGError(.unavailable, "cannot read \(directory)", cause: error)
            }
            let foreign = entries.filter { entry in
                !isMounted || (entry != "lost+found" && !StagingDirectory.isStaging(entry, for: name, purpose: Backup.restoring))
            }
            guard foreign.isEmpty else {
                throw RAGError(.conflict, "\(directory) is not empty; a backup is restored to a new or empty directory")
            }
            self = isMounted ? .mounted : .empty
        }
    }

    /// Writes the database of a backup; the file may have changed since it was first read.
    private static func unpack(_ file: String, to path: String, expecting manifest: BackupManifest) throws(RAGError) {
        let target = try PlainFile(creating: path)
        let found = try BackupFile.read(file) { block throws(RAGError) in try target.append(block) }
        guard found == manifest else { throw RAGError(.corrupt, "\(file) changed while it was read") }
    }

    private static func sync(_ path: String) throws(RAGError) {
        let file = try PlainFile(reading: path)
        try file.sync()
    }
}
