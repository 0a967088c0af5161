// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Does the same thing for many places, a few at a time.
enum Lanes {
    /// What `body` gives for 0 to `count - 1`, in this order; the first error ends everything.
    static func map<Value: Sendable>(
        _ count: Int,
        lanes: Int,
        title: String,
        _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        var progress = ProgressLine(title, total: count)
        defer { progress.end() }
        return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: count)
            var next = 0
            var done = 0
            func startNext() {
                guard next < count else { return }
                let place = next
                next += 1
                group.addTask { (place, try await body(place)) }
            }
            for _ in 0..<max(1, lanes) { startNext() }
            for try await (place, value) in group {
                values[place] = value
                done += 1
                progress.show(done)
                startNext()
            }
            return values.compactMap(\.self)
        }
    }
}
