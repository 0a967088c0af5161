// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The door to the reply parser, which is internal to its target.
package enum ReplyCheck {
    /// Whether what is read adds up; true for what is refused.
    package static func holds(_ bytes: [UInt8]) -> Bool {
        switch try? WorkerReply(parsing: bytes) {
        case .matrix(let matrix): matrix.values.count == matrix.rows * matrix.columns
        case .scores(let scores): scores.count == (bytes.count - 1) / 4
        case .spans(let spans): spans.allSatisfy { $0.starts.count == $0.ends.count }
        case .text, .failure, .done, nil: true
        }
    }
}
