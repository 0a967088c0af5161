// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment at which a crash would be most telling. The crash harness names one, and the process kills itself there.
///
/// `GROUNDED_CRASH_AT=before-commit:3` sends `SIGKILL` to the process when the moment is reached for the third time. Without the
/// variable a moment costs one load and one comparison.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// A batch is written but not committed.
    case beforeCommit = "before-commit"
    /// A batch is on the disk; no index knows of it.
    case afterCommit = "after-commit"
    /// Some of a batch's tenants have their index changed, the next has not.
    case beforeIndexApply = "before-index-apply"
    /// Everything is done but nobody has been told.
    case beforeAcknowledge = "before-ack"
    /// A batch's callers have been told.
    case afterAcknowledge = "after-ack"
    /// A snapshot's files are written, the one before is still in force.
    case duringSnapshot = "during-snapshot"
    /// A new snapshot is in force, the one before is not removed yet.
    case afterSnapshot = "after-snapshot"
    /// A merged segment is about to take the place of those it was made of.
    case beforeMergeSwap = "before-merge-swap"
    /// A withdrawal is acknowledged; its bytes are about to be overwritten.
    case duringPurge = "during-purge"
    /// A new generation is complete, the old one is still in force.
    case beforeGenerationSwitch = "before-generation-switch"

    /// Dies here if this is where the environment says so.
    package func reached() {
        guard let armed = Self.armed, armed.point == self else { return }
        if armed.remaining.subtract(1, ordering: .relaxed).newValue == 0 { kill(getpid(), SIGKILL) }
    }

    private final class Armed: Sendable {
        let point: CrashPoint
        let remaining: Atomic<Int>

        init(point: CrashPoint, count: Int) {
            self.point = point
            remaining = Atomic(count)
        }
    }

    private static let armed: Armed? = {
        guard let setting = getenv("GROUNDED_CRASH_AT") else { return nil }
        let parts = String(cString: setting).split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
        return Armed(point: point, count: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
}
