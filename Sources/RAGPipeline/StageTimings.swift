// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How long each step of a request took, in the order the steps ran.
package struct StageTimings: Sendable {
    package private(set) var stages: [(name: String, duration: Duration)] = []
    private let start = ContinuousClock.now

    package init() {}

    /// Adds to a step's time.
    package mutating func add(_ name: String, _ duration: Duration) {
        if let index = stages.firstIndex(where: { $0.name == name }) {
            stages[index].duration += duration
        } else {
            stages.append((name, duration))
        }
    }

    /// Time since the request began.
    package var total: Duration { start.duration(to: .now) }
}
