// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import RAGCore

/// Writes and reads `BackupFormat`.
enum BackupFile {
    /// Writes a backup of a database file and returns when it is on the disk.
    static func write(_ manifest: BackupManifest, database: String, to path: String) throws(RAGError) {
        let source = try PlainFile(reading: database)
        let length = try source.length()
        let target = try PlainFile(creating: path)
        var hash = SHA256()
        let json = manifest.json
        var block =
            BackupFormat.magic + BackupFormat.bytes(BackupFormat.version) + BackupFormat.bytes(UInt32(json.count)) + json
            + BackupFormat.bytes(length)
        var copied: UInt64 = 0
        while !block.isEmpty {
            hash.update(data: block)
            try target.append(block)
            block = try source.next(BackupFormat.blockLength)
            copied += UInt64(block.count)
        }
        guard copied == length else { throw RAGError(.internal, "the copy of the database changed while it was written") }
        try target.append(Array(hash.finalize()))
        try target.sync()
    }

    /// Reads a whole backup and compares its checksum.
    /// - Parameter database: Called with the database's bytes, block by block, before the checksum is known.
    /// - Throws: `corrupt` unless every byte is as it was written and nothing is missing or follows; what `database` throws.
    @discardableResult
    static func read(_ path: String, database: (_ block: [UInt8]) throws(RAGError) -> Void = { _ in }) throws(RAGError) -> BackupManifest {
        let file = try PlainFile(reading: path)
        let total = try file.length()
        var hash = SHA256()
        func take(_ count: Int) throws(RAGError) -> [UInt8] {
            let bytes = try file.next(count)
            guard bytes.count == count else { throw damaged(path, "it ends too early") }
            hash.update(data: bytes)
            return bytes
        }
        guard try take(BackupFormat.magic.count) == BackupFormat.magic else { throw damaged(path, "it does not begin like one") }
        let version = BackupFormat.integer(try take(4), as: UInt32.self)
        guard version == BackupFormat.version else {
            throw RAGError(.incompatible, "\(path) is a backup of layout \(version), this version reads \(BackupFormat.version)")
        }
        let manifestLength = BackupFormat.integer(try take(4), as: UInt32.self)
        guard manifestLength <= BackupFormat.longestManifest else { throw damaged(path, "its manifest is too long") }
        let json = try take(Int(manifestLength))
        let length = BackupFormat.integer(try take(8), as: UInt64.self)
        let head = UInt64(BackupFormat.magic.count + 16 + json.count + BackupFormat.checksumLength)
        guard total >= head, length == total - head else { throw damaged(path, "it is shorter or longer than it says") }
        var left = length
        while left > 0 {
            let block = try take(Int(min(left, UInt64(BackupFormat.blockLength))))
            left -= UInt64(block.count)
            try database(block)
        }
        let checksum = try file.next(BackupFormat.checksumLength + 1)
        guard checksum == Array(hash.finalize()) else { throw damaged(path, "its checksum does not fit") }
        return try BackupManifest(parsing: json)
    }

    private static func damaged(_ path: String, _ why: String) -> RAGError {
        RAGError(.corrupt, "\(path) is not a whole backup: \(why); nothing was changed")
    }
}
