// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGHTTP
import RAGPipeline
import Synchronization

/// Answers as a test scripts it.
struct ScriptedAnswering: QuestionAnswering {
    typealias OnEvent = @Sendable (AnswerEvent) async throws -> Void

    var script: @Sendable (AnswerRequest, TenantScope, OnEvent) async throws -> AnswerReply

    func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: @escaping OnEvent
    ) async throws(RAGError) -> AnswerReply {
        do { return try await script(request, scope, onEvent) } catch { throw RAGError.wrapping(error) }
    }
}

/// Keeps what it is given and says that all of it was indexed.
final class RecordingIngesting: DocumentIngesting {
    private let state = Mutex<[DocumentSource]>([])
    let log: any IngestLog

    init(log: any IngestLog) { self.log = log }

    var sources: [DocumentSource] { state.withLock { $0 } }

    func ingest(
        _ sources: [DocumentSource],
        deadline: Deadline,
        in scope: TenantScope
    ) async throws(RAGError) -> IngestReply {
        state.withLock { $0 += sources }
        let results = sources.map { source in
            source.id.rawValue == "bad"
                ? IngestResult(id: source.id, status: .failed, error: RAGError(.unreadableDocument, "nothing to read"))
                : IngestResult(id: source.id, status: .indexed, revision: 1, hash: ContentHash(rawValue: "sha256:00"), chunks: 2)
        }
        return IngestReply(results: results, timings: StageTimings())
    }

    func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        state.withLock { $0 += sources }
        return try await log.accept(sources, in: scope)
    }
}

/// Samples of what the pipelines give.
enum Sample {
    static let hash = ContentHash(rawValue: "sha256:ab")

    static func passage(_ id: String = "rfc/2119", rank: Int = 1) throws -> Passage {
        Passage(
            rank: rank,
            source: PassageText(
                chunk: ChunkReference(document: try DocumentID(id), revision: 1, ordinal: 2),
                range: 90..<640,
                headingPath: ["Terms"],
                text: "MUST means \"required\"",
                hash: hash,
                title: "Key words",
                url: nil,
                metadata: ["lang": .string("en"), "year": .number(1997)]
            ),
            scores: PassageScores(dense: 0.71, lexical: 9.2, fused: 0.83)
        )
    }

    static func citation() throws -> Citation {
        Citation(
            marker: 1,
            document: try DocumentID("rfc/2119"),
            revision: 1,
            hash: hash,
            range: 120..<188,
            quote: "MUST",
            verified: true,
            title: "Key words",
            url: "https://example.org",
            location: "§ Terms"
        )
    }

    static func reply() throws -> AnswerReply {
        var timings = StageTimings()
        timings.add("embed", .microseconds(1_900))
        timings.add("check", .microseconds(100))
        return AnswerReply(
            answer: "It is required [1].",
            citations: [try citation()],
            passages: [try passage()],
            timings: timings,
            degraded: [],
            embeddingCache: .l1,
            model: "extractive"
        )
    }
}
