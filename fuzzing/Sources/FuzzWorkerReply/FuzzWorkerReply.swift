// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import WorkerReplies

/// Whatever a worker process sends is read or refused, and what is read adds up.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    precondition(ReplyCheck.holds(Array(UnsafeBufferPointer(start: data, count: count))), "a reply does not add up")
    return 0
}
