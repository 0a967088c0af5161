// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// A question that was made from a document, and what is expected of it.
struct WrittenQuestion: Sendable, Hashable {
    /// How a sentence becomes a question.
    enum Style: String, Sendable, CaseIterable {
        /// The sentence with a name, a number or its rarest word left out; that is the answer.
        case cloze
        /// Half of the sentence's words that say something, as people type into a search box.
        case keywords
    }

    let text: String
    let document: String
    /// Empty where none is known.
    let answer: String
}
