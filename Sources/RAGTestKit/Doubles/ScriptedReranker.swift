// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

public import RAGCore
import Synchronization

/// A reranker that gives the scores a test wrote, and remembers what it was asked.
public final class ScriptedReranker: Reranker {
    /// What it was asked to judge.
    public struct Call: Sendable {
        public let query: String
        public let passages: [String]
        public let deadline: Deadline
    }

    public let model: String
    private let script: @Sendable (Call) async throws(RAGError) -> [Float?]
    private let asked = Mutex<[Call]>([])

    /// A reranker that answers every call with what `script` makes of it, be it right or wrong.
    public init(model: String = "scripted", script: @escaping @Sendable (Call) async throws(RAGError) -> [Float?]) {
        self.model = model
        self.script = script
    }

    /// A reranker that scores each passage by how many of the query's words it holds, and takes `time` for each.
    ///
    /// Ends at the deadline as a reranker must.
    public convenience init(countingWordsFor time: Duration) {
        self.init(model: "counting") { call throws(RAGError) in
            let words = Set(call.query.lowercased().split { !$0.isLetter && !$0.isNumber })
            var scores: [Float?] = []
            for passage in call.passages {
                guard call.deadline.remaining > time else { break }
                if time > .zero {
                    do { try await Task.sleep(for: time) } catch { throw RAGError(.cancelled, "the caller went away", cause: error) }
                }
                let found = Set(passage.lowercased().split { !$0.isLetter && !$0.isNumber })
                scores.append(Float(words.intersection(found).count))
            }
            if scores.isEmpty && !call.passages.isEmpty {
                throw RAGError(.deadlineExceeded, "the deadline passed before the first passage")
            }
            return scores + [Float?](repeating: nil, count: call.passages.count - scores.count)
        }
    }

    /// The calls so far.
    public var calls: [Call] { asked.withLock { $0 } }

    public func rerank(_ query: String, passages: [String], deadline: Deadline) async throws(RAGError) -> [Float?] {
        let call = Call(query: query, passages: passages, deadline: deadline)
        asked.withLock { $0.append(call) }
        return try await script(call)
    }
}
