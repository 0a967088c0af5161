// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Synchronization

/// How many leased documents are being loaded: perhaps in another process, and perhaps for long, which is no work for this one.
final class LoadingCount: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func begin() { count.withLock { $0 += 1 } }

    func end() { count.withLock { $0 -= 1 } }
}
