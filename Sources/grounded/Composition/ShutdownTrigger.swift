// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ServiceLifecycle
import Synchronization

/// Stops a service group from inside the process, gracefully, whether it has begun to run or not.
final class ShutdownTrigger: Sendable {
    private let group = Mutex<ServiceGroup?>(nil)

    /// Says which group `fire` stops.
    func attach(_ group: ServiceGroup) { self.group.withLock { $0 = group } }

    func fire() async {
        await group.withLock { $0 }?.triggerGracefulShutdown()
    }
}
