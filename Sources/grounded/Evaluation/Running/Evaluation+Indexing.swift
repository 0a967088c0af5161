// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension Evaluation {
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

    private func send(_ batch: [TestSet.Document]) async throws -> Int {
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
}
