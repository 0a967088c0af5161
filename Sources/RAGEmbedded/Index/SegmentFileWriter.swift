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

/// Writes one file of `SegmentFile`'s form; without `commit` nothing remains of it.
struct SegmentFileWriter: ~Copyable {
    private let path: String
    private let file: Int32
    private var isCommitted = false
    private var hasher = SHA256()
    private var buffer: [UInt8] = []
    /// Bytes of content so far.
    private(set) var size = 0

    private static let bufferSize = 1 << 20

    /// The ending of files that are not complete.
    static let temporarySuffix = ".partial"

    init(path: String, magic: UInt64, version: UInt32 = SegmentFile.version) throws(RAGError) {
        self.path = path
        file = open(path + Self.temporarySuffix, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SegmentFile.failure("made", errno) }
        var header = SegmentEncoder()
        header.append(magic)
        header.append(version)
        buffer = header.bytes + [UInt8](repeating: 0, count: SegmentFile.headerSize - header.bytes.count)
    }

    deinit {
        if file >= 0 { close(file) }
        if !isCommitted { unlink(path + Self.temporarySuffix) }
    }

    /// Appends an array's memory.
    mutating func append<Element: BitwiseCopyable>(_ elements: [Element]) throws(RAGError) {
        elements.withUnsafeBytes { buffer.append(contentsOf: $0) }
        size += elements.count * MemoryLayout<Element>.stride
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Appends zeros until the content's size is a multiple of 64.
    mutating func pad() throws(RAGError) {
        try append([UInt8](repeating: 0, count: (64 - size % 64) % 64))
    }

    /// Makes the file durable and gives it its name; the name is durable once its directory is.
    consuming func commit() throws(RAGError) {
        try flush()
        buffer = Array(hasher.finalize())
        try flush()
        guard fsync(file) == 0 else { throw SegmentFile.failure("made durable", errno) }
        guard rename(path + Self.temporarySuffix, path) == 0 else { throw SegmentFile.failure("renamed", errno) }
        isCommitted = true
    }

    private mutating func flush() throws(RAGError) {
        var written = 0
        buffer.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { Self.write(file, $0[written...]) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SegmentFile.failure("written", errno) }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func write(_ file: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let buffer = UnsafeRawBufferPointer(rebasing: bytes)
        #if canImport(Darwin)
            return Darwin.write(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            return Musl.write(file, buffer.baseAddress, buffer.count)
        #else
            return Glibc.write(file, buffer.baseAddress, buffer.count)
        #endif
    }
}
