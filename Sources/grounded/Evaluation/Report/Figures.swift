// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation

/// Figures as people read them.
enum Figures {
    static func plain(_ value: Double) -> String { String(format: "%.4f", value) }

    /// A mean and its interval.
    static func interval(_ value: BootstrappedMean) -> String {
        String(format: "%.4f [%.4f, %.4f]", value.mean, value.lower, value.upper)
    }

    /// A difference and its interval.
    static func interval(signed value: BootstrappedMean) -> String {
        String(format: "%+.4f [%+.4f, %+.4f]", value.mean, value.lower, value.upper)
    }

    /// A chance, with as many digits as it is worth.
    static func probability(_ value: Double) -> String {
        value < 0.0001 ? "<0.0001" : String(format: value < 0.01 ? "%.4f" : "%.3f", value)
    }

    /// The same with its name, such as `p = 0.031`.
    static func chance(_ value: Double) -> String { value < 0.0001 ? "p < 0.0001" : "p = " + probability(value) }

    static func milliseconds(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value) }

    /// Filled up with spaces on the right, or cut to `width`.
    static func column(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
}
