// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// Quality against latency: up and to the left is better. Bars are the 95% interval of the quality and p50 to p95 of the latency.
struct LatencyChart {
    private static let left = 80.0
    private static let right = 850.0
    private static let top = 16.0
    private static let bottom = 270.0

    let rows: [Evaluation.Row]
    let metric: Metric

    /// Empty where no latency was measured.
    var markup: String {
        let points = rows.enumerated().compactMap { number, row -> (Int, Evaluation.Row, BootstrappedMean, Latency)? in
            guard let mean = row.means[metric], let latency = row.latency, !latency.times.isEmpty else { return nil }
            return (number, row, mean, latency)
        }
        guard !points.isEmpty else { return "" }
        let times = points.flatMap { [$0.3.percentile(0.5), $0.3.percentile(0.95)] }.map { max($0, 0.05) }
        let xScale = LogarithmicScale(covering: times)
        let low = max(0, floor((points.map(\.2.lower).min() ?? 0) * 20 - 0.3) / 20)
        let high = min(1, ceil((points.map(\.2.upper).max() ?? 1) * 20 + 0.3) / 20)
        func x(_ value: Double) -> Double { Self.left + (Self.right - Self.left) * xScale.share(value) }
        func y(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * (value - low) / max(high - low, 0.05) }
        var canvas = SVGCanvas(width: 880, height: 320, label: "\(metric.title) against latency of each configuration")
        for tick in xScale.ticks {
            canvas.line(x(tick), Self.top, x(tick), Self.bottom, "grid")
            canvas.text(x(tick), Self.bottom + 18, "\(LogarithmicScale.label(tick)) ms", "tick", anchor: "middle")
        }
        let marks = max(1, Int(((high - low) / 0.05).rounded()))
        for mark in stride(from: 0, through: marks, by: max(1, marks / 6)) {
            let value = low + Double(mark) * 0.05
            canvas.line(Self.left, y(value), Self.right, y(value), "grid")
            canvas.text(Self.left - 10, y(value) + 4, String(format: "%.2f", value), "tick", anchor: "end")
        }
        for (number, row, mean, latency) in points {
            let style = "s\(number % 6)"
            let (median, slow) = (x(max(latency.percentile(0.5), 0.05)), x(max(latency.percentile(0.95), 0.05)))
            canvas.line(median, y(mean.mean), slow, y(mean.mean), "interval thin \(style)")
            canvas.line(median, y(mean.lower), median, y(mean.upper), "interval \(style)")
            let title = "\(row.name): \(Figures.interval(mean)), p50 \(Figures.milliseconds(latency.percentile(0.5))) ms"
            canvas.circle(median, y(mean.mean), 7, "dot \(style)", title: title)
            let isRight = median > 0.7 * Self.right
            let name = row.name.count > 40 ? row.name.prefix(39) + "…" : row.name[...]
            canvas.text(median + (isRight ? -12 : 12), y(mean.mean) - 10, String(name), "value \(style)", anchor: isRight ? "end" : "start")
        }
        canvas.text((Self.left + Self.right) / 2, 312, "latency: dot p50, line to p95 (logarithmic)", "tick", anchor: "middle")
        return canvas.markup
    }
}

/// Milliseconds on a logarithmic axis with ticks at 1, 2 and 5.
struct LogarithmicScale {
    let low: Double
    let high: Double

    /// - Parameter values: At least one, all above 0.
    init(covering values: [Double]) {
        low = (values.min() ?? 1) / 1.6
        high = (values.max() ?? 1) * 1.6
    }

    /// Where a value lies, 0 to 1.
    func share(_ value: Double) -> Double { log(value / low) / log(high / low) }

    var ticks: [Double] {
        let first = Int(floor(log10(low)))
        let last = Int(ceil(log10(high)))
        guard first <= last else { return [] }
        let all = (first...last).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
        let inside = all.filter { $0 >= low && $0 <= high }
        // Where the range is wide, powers of ten are enough.
        return inside.count > 9 ? inside.filter { abs(log10($0) - log10($0).rounded()) < 1e-9 } : inside
    }

    static func label(_ value: Double) -> String {
        value >= 1 ? String(format: "%.0f", value) : String(format: value < 0.1 ? "%.2f" : "%.1f", value)
    }
}
