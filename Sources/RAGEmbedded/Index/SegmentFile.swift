// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import RAGCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Files that are there whole or not at all, and whose bytes are checked on every read.
///
/// A file is a magic number, a version, the content and the SHA-256 of all that goes before. This frame never changes, so
/// that a file of another version is told from a damaged one.
enum SegmentFile {
    static let version: UInt32 = 2
    static let headerSize = 64
    static let digestSize = 32

    /// Writes a file whose content is `content`.
    /// - Throws: `insufficientStorage` if the disk is full, `unavailable` for other failures of the disk.
    static func write(_ content: [UInt8], to path: String, magic: UInt64) throws(RAGError) {
        var writer = try SegmentFileWriter(path: path, magic: magic)
        try writer.append(content)
        try writer.commit()
    }

    /// Reads a file and hands over its content, which begins at a multiple of 64 bytes in memory.
    /// - Throws: `notFound` if there is no file, `corrupt` if its bytes fail the check, `incompatible` if it is of another version,
    ///   `unavailable` if the disk fails, and what `body` throws.
    static func read<Result>(
        _ path: String,
        magic: UInt64,
        _ body: (UnsafeRawBufferPointer) throws(RAGError) -> Result
    ) throws(RAGError) -> Result {
        let bytes = try load(path)
        defer { bytes.deallocate() }
        let file = UnsafeRawBufferPointer(bytes)
        let damaged = RAGError(.corrupt, "an index file fails its checksum")
        guard file.count >= headerSize + digestSize else { throw damaged }
        let end = file.count - digestSize
        var hasher = SHA256()
        hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file[..<end]))
        guard hasher.finalize().elementsEqual(file[end...]) else { throw damaged }
        guard UInt64(littleEndian: file.loadUnaligned(as: UInt64.self)) == magic else { throw damaged }
        let found = UInt32(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard found == version else {
            throw RAGError(.incompatible, "an index file has version \(found); this program reads version \(version)")
        }
        return try body(UnsafeRawBufferPointer(rebasing: file[headerSize..<end]))
    }

    private static func load(_ path: String) throws(RAGError) -> UnsafeMutableRawBufferPointer {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            if code == ENOENT { throw RAGError(.notFound, "an index file is missing") }
            throw failure("opened", code)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("read", errno) }
        let size = Int(status.st_size)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        var offset = 0
        while offset < size {
            let count = Self.read(file, into: UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                bytes.deallocate()
                throw count < 0 ? failure("read", code) : RAGError(.corrupt, "an index file became shorter while it was read")
            }
            offset += count
        }
        return bytes
    }

    private static func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(file, buffer.baseAddress, buffer.count)
        #else
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    /// What a failed call of the system means.
    static func failure(_ action: String, _ code: Int32) -> RAGError {
        if code == ENOSPC || code == EDQUOT {
            return RAGError(.insufficientStorage, "the disk is full; the index was not saved")
        }
        return RAGError(.unavailable, "an index file could not be \(action) (system error \(code))")
    }

    /// Makes the names in a directory durable.
    static func synchronize(directory: String) throws(RAGError) {
        let handle = open(directory, O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else { throw failure("opened", errno) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure("made durable", errno) }
    }

    /// Makes a directory and those above it where they are missing.
    static func makeDirectory(_ path: String) throws(RAGError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let code = errno
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw failure("made", code) }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("made", errno) }
    }

    /// The names in a directory that are not its own or its parent's.
    static func names(in directory: String) throws(RAGError) -> [String] {
        guard let handle = opendir(directory) else { throw failure("listed", errno) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Deletes a file; one that is missing is no error.
    static func remove(_ path: String) throws(RAGError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("deleted", errno) }
    }
}
