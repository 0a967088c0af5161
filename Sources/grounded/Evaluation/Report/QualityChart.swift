// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Every metric of every configuration as a dot on its 95% interval.
struct QualityChart {
    private static let left = 210.0
    private static let right = 690.0
    private static let step = 17.0

    let rows: [Evaluation.Row]
    let metrics: [Metric]

    var markup: String {
        let group = Self.step * Double(rows.count) + 18
        let bottom = group * Double(metrics.count) + 10
        var canvas = SVGCanvas(width: 880, height: bottom + 26, label: "Metrics of each configuration with 95% intervals")
        for tick in 0...4 {
            let share = Double(tick) / 4
            canvas.line(x(share), 4, x(share), bottom, "grid")
            canvas.text(x(share), bottom + 18, ["0", "0.25", "0.5", "0.75", "1"][tick], "tick", anchor: "middle")
        }
        for (place, metric) in metrics.enumerated() {
            let top = 10 + group * Double(place)
            canvas.text(Self.left - 18, top + (group - 18) / 2 + 4, metric.title, "name", anchor: "end")
            if place > 0 { canvas.line(20, top - 9, 860, top - 9, "rule") }
            for (number, row) in rows.enumerated() {
                guard let mean = row.means[metric] else { continue }
                let y = top + Self.step * (Double(number) + 0.5)
                canvas.line(x(mean.lower), y, x(mean.upper), y, "interval s\(number % 6)")
                canvas.circle(x(mean.mean), y, 5, "dot s\(number % 6)", title: "\(row.name): \(Figures.interval(mean))")
                canvas.text(Self.right + 20, y + 4, Figures.plain(mean.mean), "value s\(number % 6)")
                canvas.text(Self.right + 78, y + 4, "\(Figures.plain(mean.lower))–\(Figures.plain(mean.upper))", "tick")
            }
        }
        return canvas.markup
    }

    private func x(_ share: Double) -> Double { Self.left + (Self.right - Self.left) * min(max(share, 0), 1) }
}
