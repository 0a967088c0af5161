// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The right of one process to a data directory, held until it is released or the process ends, however it ends.
///
/// The lock file says who holds it: the process id and, once it is serving, its URL, so that a command-line tool can talk to the server.
package final class DirectoryLock: Sendable {
    /// Who holds a directory.
    package struct Holder: Sendable, Hashable {
        package var processID: Int32
        /// Where the server answers; nil until it serves.
        package var url: String?
    }

    private let descriptor: Mutex<Int32?>

    /// Locks `directory`, which must exist.
    /// - Throws: `conflict`, naming the holder and what to do; `unavailable` if the directory cannot be written.
    package init(directory: String) throws(RAGError) {
        let path = Self.path(in: directory)
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw RAGError(.unavailable, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        guard Self.lock(file) else {
            let holder = Self.contents(of: file)
            close(file)
            throw Self.held(directory, by: holder)
        }
        descriptor = Mutex(file)
        write(url: nil)
    }

    /// Says where the server answers.
    package func advertise(url: String) { write(url: url) }

    /// Gives the directory up; later calls do nothing.
    package func release() {
        descriptor.withLock { descriptor in
            guard let file = descriptor else { return }
            ftruncate(file, 0)
            close(file)
            descriptor = nil
        }
    }

    deinit { release() }

    /// The process that holds `directory` now, or nil if nobody does.
    package static func holder(of directory: String) -> Holder? {
        let file = open(path(in: directory), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        return contents(of: file)
    }

    private static func path(in directory: String) -> String { directory + "/lock" }

    /// Tries for a tenth of a second, because a tool that only looks who holds the lock holds it for a moment itself.
    private static func lock(_ file: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(5_000)
        }
        return false
    }

    private static func held(_ directory: String, by holder: Holder?) -> RAGError {
        let who = holder.map { "process \($0.processID)" } ?? "another process"
        let server = holder?.url.map { "; it serves \($0), send requests there" } ?? ""
        return RAGError(
            .conflict,
            "\(directory) is in use by \(who)\(server). Stop it or choose another DATA_DIR"
        )
    }

    private func write(url: String?) {
        descriptor.withLock { descriptor in
            guard let file = descriptor else { return }
            let text = Array("\(getpid())\n\(url.map { $0 + "\n" } ?? "")".utf8)
            ftruncate(file, 0)
            _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        }
    }

    private static func contents(of file: Int32) -> Holder? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        guard let first = lines.first, let processID = Int32(first) else { return nil }
        return Holder(processID: processID, url: lines.count > 1 ? String(lines[1]) : nil)
    }
}
