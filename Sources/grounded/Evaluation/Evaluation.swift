// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Runs a test set's questions against a server and measures what comes back.
struct Evaluation: Sendable {
    /// One mode's figures.
    struct Row: Sendable {
        let mode: SearchMode
        let nDCG: BootstrappedMean
        let recall: BootstrappedMean
        let reciprocalRank: BootstrappedMean
        /// The share of questions that were answered `nothing_relevant`; nil if answers were not asked for.
        let refused: Double?
        /// Milliseconds from sending to having parsed the reply, sorted.
        let latencies: [Double]

        func percentile(_ share: Double) -> Double {
            latencies.isEmpty ? 0 : latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))]
        }
    }

    let client: ServerClient
    let set: BEIRSet

    /// Puts the corpus in, in batches; what is there already is recognised as unchanged.
    /// - Returns: How many documents were new or changed, and the seconds it took.
    func index(batch size: Int = 32, lanes: Int = 3) async throws -> (written: Int, seconds: Double) {
        let start = ContinuousClock.now
        var progress = ProgressLine("indexing", total: set.documents.count)
        var written = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            var offset = 0
            func startNext() {
                guard offset < set.documents.count else { return }
                let batch = Array(set.documents[offset..<min(offset + size, set.documents.count)])
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
    /// - Parameter answers: Whether to have them answered too, which tells how many are refused.
    func run(_ mode: SearchMode, answers: Bool) async throws -> Row {
        var nDCG: [Double] = []
        var recall: [Double] = []
        var reciprocal: [Double] = []
        var latencies: [Double] = []
        var refused = 0
        var progress = ProgressLine("asking (\(mode.rawValue))", total: set.queries.count)
        for query in set.queries {
            let body: JSONValue = .object([
                "query": .string(query.text), "top_k": .integer(100), "mode": .string(mode.rawValue), "generate": .bool(answers),
            ])
            let start = ContinuousClock.now
            let reply = try await client.send("POST", "/query", json: body)
            latencies.append(start.duration(to: .now).milliseconds)
            let ranking = (reply["passages"]?.array ?? []).compactMap { $0["document_id"]?.string }
            nDCG.append(RankingMetrics.nDCG(ranking, query.relevance))
            recall.append(RankingMetrics.recall(ranking, query.relevance))
            reciprocal.append(RankingMetrics.reciprocalRank(ranking, query.relevance))
            if reply["reason"]?.string == "nothing_relevant" { refused += 1 }
            progress.show(nDCG.count)
        }
        progress.end()
        return Row(
            mode: mode,
            nDCG: BootstrappedMean(nDCG),
            recall: BootstrappedMean(recall),
            reciprocalRank: BootstrappedMean(reciprocal),
            refused: answers && !set.queries.isEmpty ? Double(refused) / Double(set.queries.count) : nil,
            latencies: latencies.sorted()
        )
    }
}
