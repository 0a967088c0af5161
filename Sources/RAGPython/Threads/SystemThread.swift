// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge

/// Starts a detached thread with room for Python's deep recursion. `name` has at most 15 bytes.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(ThreadStart(body))
    let status = gpy_start_thread(name, runThread, start.toOpaque())
    precondition(status == 0, "the system gives no thread for the Python runtime (error \(status))")
}

private let runThread: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
    guard let argument else { return }
    Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
