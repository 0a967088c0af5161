// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Where log lines go.
package protocol LogOutput: Sendable {
    /// Writes one line, given without its line end, as a whole: lines of concurrent writers do not mix.
    func write(line: [UInt8])
}
