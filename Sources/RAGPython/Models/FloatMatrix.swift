// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Rows of floats, one after the other.
package struct FloatMatrix: Sendable, Hashable {
    package var rows = 0
    package var columns = 0
    package var values: [Float] = []
}
