// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The question in other words, ready to be searched for.
struct Rewrite: Sendable {
    /// What is shown of it.
    var text: String
    /// Nil where it is searched for by words alone.
    var vector: [Float]?
    /// Nil where it is searched for by meaning alone.
    var words: String?
}
