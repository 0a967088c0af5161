// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How much a question may be rewritten before it is searched for.
package struct ExpansionSettings: Sendable {
    /// Most time for the language model, and the share of the remaining deadline that it may take.
    package var limit = Duration.seconds(5)
    package var shareOfDeadline = 0.4
    /// What the score that another wording gives counts beside the question's own.
    package var weight: Float = 0.9
    /// Searches of other wordings at a time.
    package var width = 2
    /// Feedback from the best passages.
    package var feedback = FeedbackTerms()

    package init() {}
}
