// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Rows of floats, one after the other.
struct FloatMatrix: Sendable, Hashable {
    var rows = 0
    var columns = 0
    var values: [Float] = []
}
