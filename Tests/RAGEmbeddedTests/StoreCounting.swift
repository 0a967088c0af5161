// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// A number that many tasks may raise.
final class MutexBox: Sendable {
    private let state = Mutex(0)

    func add(_ number: Int) { state.withLock { $0 += number } }
    var value: Int { state.withLock { $0 } }
}
