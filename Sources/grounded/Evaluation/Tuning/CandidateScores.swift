// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline

/// What both searches found for one question, with every score, so that any fusion can be tried without asking again.
struct CandidateScores: Sendable {
    let hits: [Hit]
    let relevance: [String: Int]

    init(hits: [Hit], relevance: [String: Int]) {
        self.hits = hits
        self.relevance = relevance
    }

    /// nDCG@10 of the documents in the order that a fusion gives them.
    func nDCG(_ fusion: Fusion) -> Double {
        var seen: Set<String> = []
        var documents: [String] = []
        for entry in fusion.rank(hits) {
            let document = entry.hit.chunk.document.rawValue
            if seen.insert(document).inserted { documents.append(document) }
            if documents.count == 10 { break }
        }
        return RankingMetrics.nDCG(documents, relevance)
    }
}

/// Asks a server for candidates.
struct CandidateSource: Sendable {
    let client: ServerClient
    var lanes = 4

    /// Whether the server lets a query say how scores are fused.
    func takesFusion() async throws -> Bool {
        let probe = QueryConfiguration(name: "", members: ["top_k": .integer(1)].merging(Self.fusion(denseWeight: 1)) { $1 })
        do {
            _ = try await client.send("POST", "/query", json: probe.asking("fusion", answer: false))
            return true
        } catch let error as RAGError where error.code == .unknownField || error.code == .invalidField {
            return false
        }
    }

    /// The members that fuse by a weight.
    static func fusion(denseWeight: Double) -> [String: JSONValue] {
        ["fusion": .object(["method": .string("minmax"), "dense_weight": .number(denseWeight)])]
    }

    /// The candidates of each question, in order.
    ///
    /// - Parameter isComplete: Whether the server takes `fusion`: then the best 100 of each search are fetched by weighting it alone, else
    ///   the best 100 of the fused list, which favours the weight in force.
    func candidates(_ questions: [TestSet.Question], isComplete: Bool, title: String) async throws -> [CandidateScores] {
        try await Lanes.map(questions.count, lanes: lanes, title: title) { place in
            var hits: [ChunkReference: Hit] = [:]
            for weight in isComplete ? [1.0, 0] : [nil] {
                for hit in try await ask(questions[place].text, weight) { hits[hit.chunk] = hit }
            }
            let sorted = hits.values.sorted { left, right in
                left.chunk.document == right.chunk.document
                    ? left.chunk.ordinal < right.chunk.ordinal : left.chunk.document < right.chunk.document
            }
            return CandidateScores(hits: sorted, relevance: questions[place].relevance)
        }
    }

    private func ask(_ question: String, _ denseWeight: Double?) async throws -> [Hit] {
        var members: [String: JSONValue] = [
            "query": .string(question), "mode": .string("hybrid"), "group": .string("chunk"), "top_k": .integer(100),
            "generate": .bool(false), "rerank": .bool(false),
        ]
        // A server that takes the weight takes this too: near-duplicates are candidates like others.
        if let denseWeight { members.merge(Self.fusion(denseWeight: denseWeight).merging(["collapse": .bool(false)]) { $1 }) { $1 } }
        let reply = try await client.send("POST", "/query", json: .object(members))
        return (reply["passages"]?.array ?? []).compactMap { passage in
            guard let document = passage["document_id"]?.string, let revision = passage["revision"]?.integer,
                let ordinal = passage["chunk"]?.integer
            else { return nil }
            return Hit(
                chunk: ChunkReference(document: DocumentID(stored: document), revision: Int(revision), ordinal: Int(ordinal)),
                dense: passage["scores"]?["dense"]?.number.map { Float($0) },
                lexical: passage["scores"]?["lexical"]?.number.map { Float($0) }
            )
        }
    }
}
