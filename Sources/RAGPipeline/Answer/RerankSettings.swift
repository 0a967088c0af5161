// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// How much a reranker has to say, and how long it may take.
///
/// Weight and number of candidates were chosen on the training questions of SciFact and on questions generated from the documents, with
/// late interaction over the default model: more weight finds more in some collections and loses in others. A model that does not know
/// the language of a collection ruins its order, so nothing is reranked unless it is asked for.
package struct RerankSettings: Sendable, Hashable {
    /// Whether questions that do not say are reranked; on only where an evaluation of the collection shows that it helps.
    package var isOn: Bool
    /// How much the reranker's judgement counts, 0 to 1; the fused score has the rest.
    package var weight: Float
    /// Most passages that are judged, the best of the fused order.
    package var candidates: Int
    /// Most bytes of the question, and of one passage with its title and headings, that are judged.
    package var textBytes: Int
    /// Most time for judging; what is not judged by then keeps its place in the fused order.
    package var limit: Duration
    /// The largest share of the time left to the request that judging may take; the answer needs the rest.
    package var shareOfDeadline: Double

    package init(
        isOn: Bool = false,
        weight: Float = 0.2,
        candidates: Int = 20,
        textBytes: Int = 4_096,
        limit: Duration = .seconds(1),
        shareOfDeadline: Double = 0.5
    ) {
        self.isOn = isOn
        self.weight = min(max(weight, 0), 1)
        self.candidates = max(candidates, 1)
        self.textBytes = max(textBytes, 1)
        self.limit = limit
        self.shareOfDeadline = min(max(shareOfDeadline, 0), 1)
    }
}
