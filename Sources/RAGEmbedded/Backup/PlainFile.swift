// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A regular file, read or written from its beginning; closed at the end of its life.
struct PlainFile: ~Copyable {
    private let handle: Int32
    private let path: String

    /// Opens a file for reading.
    init(reading path: String) throws(RAGError) {
        handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.path = path
        guard handle >= 0 else { throw Self.failure("open", path) }
        var status = stat()
        guard fstat(handle, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw RAGError(.invalidConfiguration, "\(path) is not a regular file")
        }
    }

    /// Makes a new file; there must be none of that name.
    init(creating path: String) throws(RAGError) {
        handle = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        self.path = path
        guard handle >= 0 else { throw Self.failure("make", path) }
    }

    deinit { if handle >= 0 { close(handle) } }

    /// Length in bytes.
    func length() throws(RAGError) -> UInt64 {
        var status = stat()
        guard fstat(handle, &status) == 0 else { throw Self.failure("examine", path) }
        return UInt64(max(0, status.st_size))
    }

    /// The next bytes: as many as asked for, fewer only at the end.
    func next(_ count: Int) throws(RAGError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let start = buffer.baseAddress else { return }
                let got = read(handle, start + filled, count - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { return }
                filled += got
            }
        }
        guard !failed else { throw Self.failure("read", path) }
        return bytes
    }

    func append(_ bytes: [UInt8]) throws(RAGError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { write(handle, $0 + done, bytes.count - done) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            done += count
        }
    }

    /// Returns when all bytes are on the disk.
    func sync() throws(RAGError) {
        guard fsync(handle) == 0 else { throw Self.failure("sync", path) }
    }

    /// Locks the file until it is closed or the process ends; false if somebody else has it.
    func lock() -> Bool { flock(handle, LOCK_EX | LOCK_NB) == 0 }

    /// Makes the names in a directory durable.
    static func sync(directory: String) throws(RAGError) {
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw failure("open", directory) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure("sync", directory) }
    }

    /// Gives a complete file its name. Without `replacing` a file of that name is never touched.
    static func move(_ path: String, to name: String, replacing: Bool) throws(RAGError) {
        if replacing {
            guard rename(path, name) == 0 else { throw failure("rename to", name) }
            return
        }
        // A second name for the same file is refused where the name is taken, which a look before renaming would not be.
        if link(path, name) == 0 { return }
        if errno == EEXIST { throw RAGError(.conflict, "\(name) exists already") }
        guard errno == EPERM || errno == ENOTSUP || errno == EOPNOTSUPP || errno == ENOSYS else { throw failure("link to", name) }
        var status = stat()
        guard lstat(name, &status) != 0, errno == ENOENT else { throw RAGError(.conflict, "\(name) exists already") }
        guard rename(path, name) == 0 else { throw failure("rename to", name) }
    }

    static func failure(_ action: String, _ path: String) -> RAGError {
        let number = errno
        let reason = String(cString: strerror(number))
        let isFull = number == ENOSPC || number == EDQUOT
        return RAGError(isFull ? .insufficientStorage : .unavailable, "cannot \(action) \(path): \(reason)")
    }
}
