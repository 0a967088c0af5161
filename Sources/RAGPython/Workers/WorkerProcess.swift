// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge
import RAGCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a worker process is of no use any more.
enum WorkerFault: Error, Sendable, Hashable {
    case ended
    case overdue
    case violated(String)
    /// A reply of so many bytes is announced.
    case tooLarge(Int)
    case unstartable(String)
}

/// How a process ended.
enum WorkerEnd: Sendable, Hashable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)
    case unknown

    var description: String {
        switch self {
        case .status(let status): "status \(status)"
        case .signal(let signal): "signal \(signal)"
        case .unknown: "unknown"
        }
    }
}

/// One worker process and the socket to it. One thread asks it; any thread may kill it.
struct WorkerProcess: Sendable {
    let identifier: Int32
    private let descriptor: Int32

    /// Starts a process. Both lists are as `execve` takes them.
    init(arguments: [String], environment: [String]) throws(WorkerFault) {
        var descriptor: Int32 = -1
        var identifier: Int32 = 0
        let status = Self.withPointers(arguments) { arguments in
            Self.withPointers(environment) { gpy_spawn_worker(arguments, $0, &descriptor, &identifier) }
        }
        guard status == 0 else { throw .unstartable(String(cString: strerror(status))) }
        self.descriptor = descriptor
        self.identifier = identifier
    }

    /// Whether it runs and has said nothing unasked.
    var isWell: Bool { (try? wait(for: Int16(POLLIN), until: nil)) == false }

    /// Sends all of `bytes`.
    func send(_ bytes: [UInt8], until limit: ContinuousClock.Instant) throws(WorkerFault) {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemSend(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, flags)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                guard try wait(for: Int16(POLLOUT), until: limit) else { throw .overdue }
            } else if errno != EINTR {
                throw .ended
            }
        }
    }

    /// The next reply, without its length.
    func receive(
        until limit: ContinuousClock.Instant,
        maximumBytes: Int = WorkerReply.maximumBytes
    ) throws(WorkerFault) -> [UInt8] {
        let header = try receive(4, until: limit)
        let count = Int(header.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
        guard count >= 1 else { throw .violated("an empty reply is announced") }
        guard count <= maximumBytes else { throw .tooLarge(count) }
        return try receive(count, until: limit)
    }

    /// Kills it and what it has started.
    func kill() {
        _ = systemKill(-identifier, SIGKILL)
        _ = systemKill(identifier, SIGKILL)
    }

    /// Closes the socket.
    func close() { _ = systemClose(descriptor) }

    /// Waits for the process to end by itself, without taking note of it: until `reap` its number stays its own.
    func awaitEnd(for time: Duration) {
        let limit = ContinuousClock.now.advanced(by: time)
        while ContinuousClock.now < limit {
            var information = siginfo_t()
            let status = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
            if status == 0 ? information.si_signo != 0 : errno != EINTR { return }
            usleep(1_000)
        }
    }

    /// Waits a moment for the end of a killed process. Returns how it ended, nil if it did not.
    func reap() -> WorkerEnd? {
        for attempt in 0..<200 {
            var status: Int32 = 0
            let found = waitpid(identifier, &status, WNOHANG)
            if found == identifier {
                let signal = status & 0x7F
                return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
            }
            if found < 0, errno != EINTR { return .unknown }
            usleep(attempt < 20 ? 500 : 10_000)
        }
        return nil
    }

    /// Exactly `count` bytes. Memory grows with what arrives, not with what was announced.
    private func receive(_ count: Int, until limit: ContinuousClock.Instant) throws(WorkerFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let capacity = min(count - bytes.count, 1 << 20)
            var received = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
                received = recv(descriptor, buffer.baseAddress, capacity, 0)
                filled = max(0, received)
            }
            if received > 0 {
                if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            } else if received == 0 {
                throw .ended
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                guard try wait(for: Int16(POLLIN), until: limit) else { throw .overdue }
            } else if errno != EINTR {
                throw .ended
            }
        }
        return bytes
    }

    /// Whether the socket is ready before `limit`, or now if that is nil.
    private func wait(for events: Int16, until limit: ContinuousClock.Instant?) throws(WorkerFault) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let left = limit.map { max(0, ContinuousClock.now.duration(to: $0).milliseconds) } ?? 0
            let ready = poll(&entry, 1, Int32(min(left.rounded(.up), 3_600_000)))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { throw .ended }
            if ready == 0, limit.map({ ContinuousClock.now >= $0 }) ?? true { return false }
        }
    }

    private static func withPointers<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var copies = texts.map { strdup($0) }
        copies.append(nil)
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { UnsafePointer($0) }
        return pointers.withUnsafeBufferPointer { buffer in
            // There is always the nil at the end.
            withUnsafePointer(to: UnsafePointer<CChar>?.none) { body(buffer.baseAddress ?? $0) }
        }
    }
}

private let systemKill = kill
private let systemClose = close
private let systemSend = send
