// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How long one configuration takes, as a client sees it: one question at a time, asked as users ask.
struct Latency: Sendable {
    /// Milliseconds from sending to having parsed the reply, sorted.
    let times: [Double]
    /// How many replies were remembered ones, which say nothing about searching.
    let remembered: Int

    func percentile(_ share: Double) -> Double { times.percentile(share) }
}

extension [Double] {
    /// The value below which `share` of these sorted values lie, 0 where there are none.
    func percentile(_ share: Double) -> Double {
        isEmpty ? 0 : self[Swift.min(count - 1, Int(share * Double(count)))]
    }
}
