// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The headings above the current place.
struct HeadingOutline {
    private var headings: [(level: Int, text: String)] = []

    var path: [String] { headings.map(\.text) }

    /// Goes below a heading; one without text only ends those of its own and deeper levels.
    mutating func enter(_ text: String, level: Int) {
        while let last = headings.last, last.level >= level { headings.removeLast() }
        if !text.isEmpty { headings.append((level, text)) }
    }
}
