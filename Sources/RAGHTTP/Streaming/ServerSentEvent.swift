// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import NIOCore

/// One server-sent event. Its data is JSON, which holds no line ends, so one `data:` line is enough.
struct ServerSentEvent: Sendable {
    /// A comment that keeps the connection from looking dead.
    static let heartbeat = ByteBuffer(string: ": heartbeat\n\n")

    var name: String
    var data: [UInt8]

    init(_ name: String, data: [UInt8]) {
        self.name = name
        self.data = data
    }

    var buffer: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + name.utf8.count + 16)
        buffer.writeString("event: \(name)\ndata: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
        return buffer
    }
}
