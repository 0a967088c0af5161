// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import CPythonBridge

/// What one Python thread calls into: the interpreter of this process, or a process of its own.
protocol PythonLane: Sendable {
    /// How often an idle thread looks whether its lane is still well; nil for never.
    var inspection: Duration? { get }

    /// Runs first on the thread.
    func attach()

    /// Makes the lane ready for its next call; may block. Returns how long to wait before trying again, nil if it is ready.
    func prepare() -> Duration?

    /// Ends what runs, soon; may be called from any thread.
    func interrupt()

    /// Runs last on the thread.
    func detach()
}

/// The interpreter of this process.
struct InterpreterLane: PythonLane {
    var inspection: Duration? { nil }
    func attach() { gpy_attach_thread() }
    func prepare() -> Duration? { nil }
    func interrupt() {}
    func detach() {}
}
