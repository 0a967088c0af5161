// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Judges how well passages answer a query, looking at both together.
public protocol Reranker: Sendable {
    /// The model's name, for replies and for settings that were chosen with it.
    var model: String { get }

    /// How well each passage answers the query, in the order of the passages; higher is better.
    ///
    /// Scores of one call can be compared with each other, those of two calls cannot. A passage that is too long for the model is judged
    /// by its beginning. The passages come best first: where the deadline does not leave time for all, the first ones are judged and the
    /// rest is nil.
    /// - Returns: As many scores as passages, finite or nil.
    /// - Throws: `deadlineExceeded` where not even the first passage was judged, `cancelled`, `unavailable`.
    func rerank(_ query: String, passages: [String], deadline: Deadline) async throws(RAGError) -> [Float?]
}
