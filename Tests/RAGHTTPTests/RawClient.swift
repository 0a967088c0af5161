// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A TCP connection that sends and reads bytes as they are, so that tests see a reply while it is being written.
final class RawClient {
    struct Failure: Error { var what: String }

    private let socketDescriptor: Int32
    private(set) var received: [UInt8] = []

    /// Connects to this machine.
    init(port: Int) throws {
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        socketDescriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socketDescriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(what: "connect") }
    }

    deinit { disconnect() }

    private var isClosed = false

    func disconnect() {
        guard !isClosed else { return }
        isClosed = true
        close(socketDescriptor)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard systemSend(socketDescriptor, bytes) == bytes.count else { throw Failure(what: "send") }
    }

    /// Sends a JSON request on this connection.
    func post(_ path: String, json: String) throws {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
        )
    }

    /// Reads until `text` has come; everything so far.
    func read(until text: String) async throws -> String {
        while !String(decoding: received, as: UTF8.self).contains(text) {
            guard try await readSome() else { throw Failure(what: "ended before \(text): \(String(decoding: received, as: UTF8.self))") }
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Reads until the server closes.
    func readToEnd() async throws -> String {
        while try await readSome() {}
        return String(decoding: received, as: UTF8.self)
    }

    /// Never blocks its thread: the server that it waits for runs on the same ones.
    private func readSome() async throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let start = ContinuousClock.now
        while true {
            let count = recv(socketDescriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count >= 0 {
                received += buffer[..<count]
                return count > 0
            }
            guard errno == EAGAIN || errno == EINTR else { return false }
            guard start.duration(to: .now) < .seconds(20) else {
                throw Failure(what: "nothing came in time after: \(String(decoding: received, as: UTF8.self))")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
    #if canImport(Glibc)
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #else
        Darwin.send(descriptor, bytes, bytes.count, 0)
    #endif
}
