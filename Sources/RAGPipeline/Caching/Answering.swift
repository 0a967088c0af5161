// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Answers questions: the pipeline, or what stands before it.
package protocol Answering: Sendable {
    /// Whether a language model writes the answers.
    var isGenerative: Bool { get }

    /// Answers a question from the tenant's documents, as `AnswerPipeline.answer` does.
    func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: AnswerPipeline.EventHandler?
    ) async throws(RAGError) -> AnswerReply
}

extension AnswerPipeline: Answering {}
