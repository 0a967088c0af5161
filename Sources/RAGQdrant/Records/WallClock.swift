// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// The time that replicas compare: seconds since 1970, which may differ between them by a little.
enum WallClock {
    static var now: Double { Date().timeIntervalSince1970 }
}
