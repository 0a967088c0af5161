// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// A reranking model that runs in Python, in this process or in worker processes.
package final class PythonReranker: Reranker {
    package let model: String
    /// What the model says of its weights; empty if it says nothing.
    package let fingerprint: String
    private let calls: ModelCalls
    private let object: any PythonModel
    /// Passages that the model is given at once.
    private let batchSize: Int

    static let methods: [PythonMethod] = [.info, .scores]

    init(info: ModelInfo, model: any PythonModel, calls: ModelCalls) throws(RAGError) {
        self.model = try info.text("model")
        self.fingerprint = info.json["fingerprint"]?.string ?? ""
        self.batchSize = try info.batchSize
        self.object = model
        self.calls = calls
    }

    /// A query waits for reranking only a moment. That a part takes longer does not mean that it hangs.
    private static let overrun = Duration.seconds(30)

    package func rerank(_ query: String, passages: [String], deadline: Deadline) async throws(RAGError) -> [Float?] {
        let object = object
        let size = batchSize
        let parts = try await calls.runKeepingDone(
            parts: passages.count.parts(of: size),
            priority: .query,
            deadline: deadline,
            allowance: PythonAllowance(overrun: Self.overrun),
            step: "reranking"
        ) { turn throws(PythonError) in
            let part = passages[passages.indices.part(turn.part, of: size)]
            let scores = try object.scores(query, part, turn)
            guard scores.count == part.count else { throw PythonError.wrongResult("\(scores.count) scores for \(part.count) passages") }
            guard scores.allSatisfy(\.isFinite) else { throw PythonError.wrongResult("a number that is not finite") }
            return scores
        }
        // Parts may end out of order; a score after a gap would be of no use to one who keeps the best first.
        let judged = parts.prefix { $0 != nil }.flatMap { $0 ?? [] }
        guard !judged.isEmpty || passages.isEmpty else {
            throw RAGError(.deadlineExceeded, "not one passage was judged in time; raise deadline_ms or rerank fewer")
        }
        return judged.map(Optional.some) + Array(repeating: nil, count: passages.count - judged.count)
    }
}
