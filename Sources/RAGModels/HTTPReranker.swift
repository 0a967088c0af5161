// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

/// Reranks with a server: Text Embeddings Inference, Cohere, Jina, or one that speaks as they do.
///
/// Passages go out in requests of growing size, one after the other, as long as the next one is expected to end before the deadline.
/// The models judge each passage by itself, so the scores of several requests are comparable. Nothing is queued here.
package struct HTTPReranker: Reranker {
    package let model: String
    private let server: ModelServer
    private let dialect: RerankDialect
    private let sentModel: String?
    private let firstSize: Int
    private let largestSize: Int

    /// - Parameters:
    ///   - server: Made with the role `reranking`.
    ///   - model: The model's name as the server knows it; TEI serves one and needs none.
    ///   - passagesPerRequest: The largest request; nil takes what suits the dialect.
    package init(server: ModelServer, dialect: RerankDialect, model: String? = nil, passagesPerRequest: Int? = nil) {
        self.server = server
        self.dialect = dialect
        self.model = model ?? dialect.rawValue
        sentModel = model
        let sizes = dialect.requestSizes
        largestSize = max(1, passagesPerRequest ?? sizes.largest)
        firstSize = min(sizes.first, largestSize)
    }

    package func rerank(_ query: String, passages: [String], deadline: Deadline) async throws(RAGError) -> [Float?] {
        var scores: [Float?] = []
        scores.reserveCapacity(passages.count)
        var size = firstSize
        var pace = Duration.zero
        while scores.count < passages.count {
            let end = min(scores.count + size, passages.count)
            let part = passages[scores.count..<end]
            // Sent in vain, a request keeps the server from others.
            if !scores.isEmpty, deadline.remaining < pace * part.count { break }
            let began = ContinuousClock.now
            do throws(RAGError) {
                scores += try await self.scores(query, part, deadline: deadline)
            } catch {
                guard error.code == .deadlineExceeded, !scores.isEmpty else { throw error }
                break
            }
            pace = began.duration(to: .now) / max(1, part.count)
            size = min(2 * size, largestSize)
        }
        scores += Array(repeating: nil, count: passages.count - scores.count)
        return scores
    }

    private func scores(_ query: String, _ passages: ArraySlice<String>, deadline: Deadline) async throws(RAGError) -> [Float?] {
        let body = dialect.body(query: query, passages: passages, model: sentModel)
        let reply = try await server.post(server.path("/rerank", version: dialect.version), body, deadline: deadline)
        guard let (results, key) = dialect.results(of: reply) else { throw server.unexpected("answered without scores") }
        guard results.count == passages.count else {
            throw server.unexpected("returned \(results.count) scores for \(passages.count) passages")
        }
        var scores: [Float?] = Array(repeating: nil, count: passages.count)
        for result in results {
            guard let index = result["index"]?.integer.flatMap(Int.init(exactly:)), scores.indices.contains(index) else {
                throw server.unexpected("returned a score for a passage that it was not sent")
            }
            guard scores[index] == nil else { throw server.unexpected("returned two scores for one passage") }
            guard let number = result[key]?.number, Float(number).isFinite else {
                throw server.unexpected("returned a score that is not a finite number")
            }
            scores[index] = Float(number)
        }
        return scores
    }
}
