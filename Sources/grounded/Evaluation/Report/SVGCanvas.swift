// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// A drawing that grows by elements; colours come from the page's classes.
struct SVGCanvas {
    let width: Double
    let height: Double
    /// What the drawing shows, for who cannot see it.
    let label: String
    private var elements: [String] = []

    init(width: Double, height: Double, label: String) {
        self.width = width
        self.height = height
        self.label = label
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        elements.append("<line x1=\"\(Self.n(x1))\" y1=\"\(Self.n(y1))\" x2=\"\(Self.n(x2))\" y2=\"\(Self.n(y2))\" class=\"\(style)\"/>")
    }

    mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String, title: String = "") {
        let inside = title.isEmpty ? "" : "<title>\(HTMLText.escaped(title))</title>"
        elements.append("<circle cx=\"\(Self.n(x))\" cy=\"\(Self.n(y))\" r=\"\(Self.n(radius))\" class=\"\(style)\">\(inside)</circle>")
    }

    mutating func text(_ x: Double, _ y: Double, _ text: String, _ style: String = "", anchor: String = "start") {
        let place = "x=\"\(Self.n(x))\" y=\"\(Self.n(y))\" text-anchor=\"\(anchor)\""
        elements.append("<text \(place) class=\"\(style)\">\(HTMLText.escaped(text))</text>")
    }

    /// A bar, which leads to `link` where there is one.
    mutating func bar(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, title: String, link: String?) {
        let place = "x=\"\(Self.n(x))\" y=\"\(Self.n(y))\" width=\"\(Self.n(width))\" height=\"\(Self.n(height))\""
        let bar = "<rect \(place) class=\"\(style)\"><title>\(HTMLText.escaped(title))</title></rect>"
        elements.append(link.map { "<a href=\"#\($0)\">\(bar)</a>" } ?? bar)
    }

    var markup: String {
        let box = "viewBox=\"0 0 \(Self.n(width)) \(Self.n(height))\""
        return "<svg \(box) role=\"img\" aria-label=\"\(HTMLText.escaped(label))\">\(elements.joined())</svg>\n"
    }

    /// A coordinate in as few digits as it needs.
    private static func n(_ value: Double) -> String { value.isFinite ? String(format: "%.1f", value) : "0" }
}
