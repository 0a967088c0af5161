// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes log lines to a file descriptor, one `write` per line.
///
/// A reader that does not keep up must not stop the server: when the descriptor takes no more bytes at once, the line is dropped and
/// counted in `rag_log_lines_dropped_total`.
package final class StandardLogOutput: LogOutput {
    /// Standard output.
    package static let standardOutput = StandardLogOutput(descriptor: 1)
    /// Standard error.
    package static let standardError = StandardLogOutput(descriptor: 2)

    private let descriptor: Int32
    private let dropped = Mutex(0)

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// How many lines were dropped so far.
    package var droppedLines: Int { dropped.withLock { $0 } }

    package func write(line: [UInt8]) {
        var bytes = line
        bytes.append(UInt8(ascii: "\n"))
        let isWritten = dropped.withLock { dropped in
            if accepts(), writeAll(bytes) { return true }
            dropped += 1
            return false
        }
        if !isWritten { Counter(label: "rag_log_lines_dropped_total").increment() }
    }

    private func accepts() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, 0) == 1 && Int32(request.revents) & POLLOUT != 0
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while position < bytes.count {
            let count = bytes.withUnsafeBytes { unsafeWrite(UnsafeRawBufferPointer(rebasing: $0[position...])) }
            if count > 0 {
                position += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }

    private func unsafeWrite(_ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
