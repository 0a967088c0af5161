// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What a loader process is sent: the length of a header (UInt32), the header as JSON, the length of the file (UInt64), the file.
/// Numbers are little-endian.
struct LoadingRequest: Sendable {
    /// Everything before the file.
    let head: [UInt8]
    let file: [UInt8]
    let name: String

    init(_ file: [UInt8], name: String, mediaType: String?, limits: LoadingLimits) {
        var header = JSONWriter(capacity: 256 + name.utf8.count)
        header.object { writer in
            writer.member("name", name)
            writer.member("media_type", mediaType)
            writer.member("memory_bytes", limits.memory)
            writer.member("cpu_seconds", max(1, Int(limits.time.inSeconds.rounded(.up))))
            writer.member("maximum_text_bytes", limits.textBytes)
            writer.member("ocr", limits.recognisesCharacters)
        }
        var head: [UInt8] = []
        head.reserveCapacity(header.bytes.count + 12)
        withUnsafeBytes(of: UInt32(header.bytes.count).littleEndian) { head.append(contentsOf: $0) }
        head += header.bytes
        withUnsafeBytes(of: UInt64(file.count).littleEndian) { head.append(contentsOf: $0) }
        self.head = head
        self.file = file
        self.name = name
    }
}
