// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Runs a test set's questions against a server and measures what comes back.
struct Evaluation: Sendable {
    /// What is asked, and how.
    struct Variant: Sendable {
        var mode: SearchMode
        /// Sent with every question, so that the server's own setting does not decide.
        var rerank = false
        /// Whether to have the questions answered too, which tells how many are refused.
        var answers = false

        var name: String { rerank ? "\(mode.rawValue)+rerank" : mode.rawValue }
    }

    /// What came back for one question.
    struct Ranking: Sendable {
        var documents: [String] = []
        var fused: [Float] = []
        /// nil where a passage was not judged.
        var judged: [Float?] = []
        var degraded: [String] = []
        /// Milliseconds.
        var rerankTime = 0.0
    }

    /// One variant's figures.
    struct Row: Sendable {
        let name: String
        let nDCG: BootstrappedMean
        let recall: BootstrappedMean
        let reciprocalRank: BootstrappedMean
        /// The share of questions that were answered `nothing_relevant`; nil if answers were not asked for.
        let refused: Double?
        /// Milliseconds from sending to having parsed the reply, sorted.
        let latencies: [Double]
        /// In the order of the questions.
        let rankings: [Ranking]

        func percentile(_ share: Double) -> Double { latencies.percentile(share) }
    }

    let client: ServerClient
    let set: BEIRSet

    /// Puts the corpus in, in batches; what is there already is recognised as unchanged.
    /// - Returns: How many documents were new or changed, and the seconds it took.
    func index(batch size: Int = 32, lanes: Int = 3) async throws -> (written: Int, seconds: Double) {
        let start = ContinuousClock.now
        // Some sets have documents without text, which no server takes and no search finds.
        let documents = set.documents.filter { document in document.text.contains { !$0.isWhitespace } }
        var progress = ProgressLine("indexing", total: documents.count)
        var written = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            var offset = 0
            func startNext() {
                guard offset < documents.count else { return }
                let batch = Array(documents[offset..<min(offset + size, documents.count)])
                offset += batch.count
                group.addTask { (try await send(batch), batch.count) }
            }
            for _ in 0..<lanes { startNext() }
            for try await (new, count) in group {
                written += new
                done += count
                progress.show(done)
                startNext()
            }
        }
        progress.end()
        return (written, start.duration(to: .now).inSeconds)
    }

    private func send(_ batch: [BEIRSet.Document]) async throws -> Int {
        let documents: [JSONValue] = batch.map { document in
            var members: [String: JSONValue] = ["id": .string(document.id), "text": .string(document.text)]
            if let title = document.title { members["title"] = .string(title) }
            return .object(members)
        }
        let reply = try await client.send("POST", "/index", json: .object(["documents": .array(documents)]))
        let results = reply["results"]?.array ?? []
        for result in results where result["status"]?.string == "failed" {
            throw RAGError(.unreadableDocument, "document \(result["id"]?.string ?? "?") failed: \(result["error"] ?? .null)")
        }
        return results.filter { $0["status"]?.string != "unchanged" }.count
    }

    /// Asks every question once, one after the other.
    func run(_ variant: Variant) async throws -> Row {
        var rankings: [Ranking] = []
        var latencies: [Double] = []
        var refused = 0
        var progress = ProgressLine("asking (\(variant.name))", total: set.queries.count)
        for query in set.queries {
            let body: JSONValue = .object([
                "query": .string(query.text), "top_k": .integer(100), "mode": .string(variant.mode.rawValue),
                "rerank": .bool(variant.rerank), "generate": .bool(variant.answers),
            ])
            let start = ContinuousClock.now
            let reply = try await client.send("POST", "/query", json: body)
            latencies.append(start.duration(to: .now).milliseconds)
            rankings.append(Self.ranking(reply))
            if reply["reason"]?.string == "nothing_relevant" { refused += 1 }
            progress.show(rankings.count)
        }
        progress.end()
        let judged = zip(rankings, set.queries).map { ($0.documents, $1.relevance) }
        return Row(
            name: variant.name,
            nDCG: BootstrappedMean(judged.map { RankingMetrics.nDCG($0, $1) }),
            recall: BootstrappedMean(judged.map { RankingMetrics.recall($0, $1) }),
            reciprocalRank: BootstrappedMean(judged.map { RankingMetrics.reciprocalRank($0, $1) }),
            refused: variant.answers && !set.queries.isEmpty ? Double(refused) / Double(set.queries.count) : nil,
            latencies: latencies.sorted(),
            rankings: rankings
        )
    }

    private static func ranking(_ reply: JSONValue) -> Ranking {
        var ranking = Ranking()
        for passage in reply["passages"]?.array ?? [] {
            guard let document = passage["document_id"]?.string else { continue }
            ranking.documents.append(document)
            ranking.fused.append(Float(passage["scores"]?["fused"]?.number ?? 0))
            ranking.judged.append(passage["scores"]?["rerank"]?.number.map { Float($0) })
        }
        ranking.degraded = (reply["degraded"]?.array ?? []).compactMap(\.string)
        ranking.rerankTime = reply["timings_ms"]?["rerank"]?.number ?? 0
        return ranking
    }
}

extension [Double] {
    /// The value below which `share` of these sorted values lie, 0 where there are none.
    func percentile(_ share: Double) -> Double {
        isEmpty ? 0 : self[Swift.min(count - 1, Int(share * Double(count)))]
    }
}
