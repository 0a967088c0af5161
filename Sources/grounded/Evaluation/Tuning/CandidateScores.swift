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
    /// What no lexical score of this question reaches; nil where that is not known.
    let ceiling: Float?
    let relevance: [String: Int]

    init(hits: [Hit], ceiling: Float? = nil, relevance: [String: Int]) {
        self.hits = hits
        self.ceiling = ceiling
        self.relevance = relevance
    }

    /// nDCG@10 of the documents in the order that a fusion gives them.
    func nDCG(_ fusion: Fusion) -> Double {
        var seen: Set<String> = []
        var documents: [String] = []
        for entry in fusion.rank(hits, ceiling: ceiling) {
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
        ["fusion": .object(["method": .string("absolute"), "dense_weight": .number(denseWeight)])]
    }

    /// The candidates of each question, in order.
    ///
    /// - Parameter isComplete: Whether the server takes `fusion`: then the best 100 of each search are fetched by weighting it alone, else
    ///   the best 100 of the fused list, which favours the weight in force.
    func candidates(_ questions: [TestSet.Question], isComplete: Bool, title: String) async throws -> [CandidateScores] {
        try await Lanes.map(questions.count, lanes: lanes, title: title) { place in
            var hits: [ChunkReference: Hit] = [:]
            var ceiling: Float?
            for weight in isComplete ? [1.0, 0] : [nil] {
                let found = try await ask(questions[place].text, weight)
                for hit in found.hits { hits[hit.chunk] = hit }
                ceiling = found.ceiling ?? ceiling
            }
            let sorted = hits.values.sorted { left, right in
                left.chunk.document == right.chunk.document
                    ? left.chunk.ordinal < right.chunk.ordinal : left.chunk.document < right.chunk.document
            }
            return CandidateScores(hits: sorted, ceiling: ceiling, relevance: questions[place].relevance)
        }
    }

    private func ask(_ question: String, _ denseWeight: Double?) async throws -> (hits: [Hit], ceiling: Float?) {
        var members: [String: JSONValue] = [
            "query": .string(question), "mode": .string("hybrid"), "group": .string("chunk"), "top_k": .integer(100),
            "generate": .bool(false), "rerank": .bool(false),
        ]
        // A server that takes the weight takes this too: near-duplicates are candidates like others.
        if let denseWeight {
            members.merge(Self.fusion(denseWeight: denseWeight).merging(["collapse": .bool(false), "explain": .bool(true)]) { $1 }) { $1 }
        }
        let reply = try await client.send("POST", "/query", json: .object(members))
        let passages = reply["passages"]?.array ?? []
        return (passages.compactMap(Self.hit), passages.compactMap(Self.ceiling).max { $0.share < $1.share }?.value)
    }

    private static func hit(_ passage: JSONValue) -> Hit? {
        guard let document = passage["document_id"]?.string, let revision = passage["revision"]?.integer,
            let ordinal = passage["chunk"]?.integer
        else { return nil }
        return Hit(
            chunk: ChunkReference(document: DocumentID(stored: document), revision: Int(revision), ordinal: Int(ordinal)),
            dense: passage["scores"]?["dense"]?.number.map { Float($0) },
            lexical: passage["scores"]?["lexical"]?.number.map { Float($0) }
        )
    }

    /// What the question's lexical scores are a share of, as the explained share of a passage tells; the larger the share, the more exact.
    private static func ceiling(_ passage: JSONValue) -> (share: Double, value: Float)? {
        guard let share = passage["explain"]?["lexical"]?.number, let score = passage["scores"]?["lexical"]?.number, share > 0, share < 1
        else { return nil }
        return (share, Float(score / share))
    }
}
