// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// What is read, written and read again is the same value, and the scanner finds its end where the parser does.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let scanned = try? JSONScanner.scan(bytes) { scanner throws(RAGError) in try scanner.raw() }
    guard let value = try? JSONValue(parsing: bytes) else { return 0 }
    precondition(scanned.flatMap { try? JSONValue(parsing: $0) } == value, "the scanner ends a value elsewhere")
    var writer = JSONWriter()
    writer.value(value)
    precondition((try? JSONValue(parsing: writer.bytes)) != nil, "what was written cannot be read")
    return 0
}
