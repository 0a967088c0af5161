// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import Synchronization

/// One line, or one histogram, of a metric: the metric's name and its labels.
struct SeriesKey: Hashable, Sendable {
    var name: String
    /// `a="x",b="y"`, sorted and escaped; empty without labels.
    var labels: String
}

/// A value that only grows, until it is reset.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    let key: SeriesKey
    private let total = Mutex(0.0)

    init(key: SeriesKey) { self.key = key }

    var value: Double { total.withLock { $0 } }
    func increment(by amount: Int64) { increment(by: Double(amount)) }

    /// Amounts below 0 and what is not a number are ignored: a counter does not fall.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }

    func reset() { total.withLock { $0 = 0 } }
}

/// A value that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler {
    let key: SeriesKey
    private let current = Mutex(0.0)

    init(key: SeriesKey) { self.key = key }

    var value: Double { current.withLock { $0 } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How often values fell into each bucket, and their sum.
final class HistogramSeries: TimerHandler, RecorderHandler {
    /// What was counted, taken at one moment.
    struct Snapshot {
        /// Values in each bucket alone; the last element is what lies above every bound.
        var counts: [Int]
        var sum: Double
    }

    /// Upper bounds for durations, in seconds: 0.1 ms to 60 s.
    static let durationBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Upper bounds for sizes and counts.
    static let sizeBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]

    let key: SeriesKey
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(key: SeriesKey, bounds: [Double]) {
        self.key = key
        self.bounds = bounds
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    /// What is not finite is ignored.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }
}
