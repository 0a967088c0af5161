// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// What the second configuration adds to the first, by metric, with the 95% interval and the chance that it is nothing.
struct DifferenceChart {
    private static let left = 210.0
    private static let right = 620.0
    private static let step = 30.0

    let comparison: ConfigurationComparison

    var markup: String {
        let bottom = Self.step * Double(comparison.entries.count) + 28
        let widest = comparison.entries.map { max(abs($0.paired.difference.lower), abs($0.paired.difference.upper)) }.max() ?? 0
        let limit = max(0.02, ceil(widest * 50) / 50)
        func x(_ value: Double) -> Double { (Self.left + Self.right) / 2 + (Self.right - Self.left) / 2 * value / limit }
        var canvas = SVGCanvas(width: 880, height: bottom + 26, label: "Difference of the two configurations by metric with 95% intervals")
        for share in [-1, -0.5, 0, 0.5, 1] {
            canvas.line(x(share * limit), 22, x(share * limit), bottom, share == 0 ? "zero" : "grid")
            canvas.text(x(share * limit), bottom + 18, share == 0 ? "0" : String(format: "%+.3g", share * limit), "tick", anchor: "middle")
        }
        canvas.text(Self.right + 20, 12, "difference", "tick")
        canvas.text(Self.right + 110, 12, "p", "tick")
        canvas.text(Self.right + 175, 12, "wins / losses", "tick")
        for (place, entry) in comparison.entries.enumerated() {
            let y = 38 + Self.step * Double(place)
            let paired = entry.paired
            let style = !paired.isSignificant ? "even" : paired.difference.mean > 0 ? "win" : "loss"
            canvas.text(Self.left - 18, y + 4, entry.metric.title, "name", anchor: "end")
            canvas.line(x(paired.difference.lower), y, x(paired.difference.upper), y, "interval \(style)")
            canvas.circle(x(paired.difference.mean), y, 5, "dot \(style)", title: Figures.interval(signed: paired.difference))
            canvas.text(Self.right + 20, y + 4, String(format: "%+.4f", paired.difference.mean), "value \(style)")
            canvas.text(Self.right + 110, y + 4, Figures.probability(paired.pValue), "tick")
            canvas.text(Self.right + 175, y + 4, "\(paired.wins) / \(paired.losses)", "tick")
        }
        return canvas.markup
    }
}
