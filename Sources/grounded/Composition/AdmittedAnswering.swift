// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Metrics
import RAGCore
import RAGHTTP
import RAGPipeline

/// Puts a permit before every question and counts what came of it.
struct AdmittedAnswering: QuestionAnswering {
    let pipeline: any Answering
    let admission: AdmissionControl

    func answer(
        _ request: AnswerRequest,
        in scope: TenantScope,
        onEvent: @escaping @Sendable (AnswerEvent) async throws -> Void
    ) async throws(RAGError) -> AnswerReply {
        let start = ContinuousClock.now
        // Other wordings are the language model's too.
        let asksModel = pipeline.isGenerative && (request.generate || request.retrieval.expansion.isGenerative)
        let cost: AdmissionControl.CostClass = asksModel ? .generate : .query
        do {
            let reply = try await admission.withPermit(cost, deadline: request.deadline) {
                try await pipeline.answer(request, in: scope, onEvent: onEvent)
            }
            record(request, outcome: reply.reason ?? "ok", since: start)
            for stage in reply.timings.stages where stage.duration > .zero {
                Timer(label: "rag_stage_duration_seconds", dimensions: [("stage", stage.name)]).record(duration: stage.duration)
            }
            for word in reply.degraded { Counter(label: "rag_degraded_total", dimensions: [("reason", word)]).increment() }
            return reply
        } catch {
            let wrapped = RAGError.wrapping(error)
            record(request, outcome: wrapped.code.rawValue, since: start)
            throw wrapped
        }
    }

    private func record(_ request: AnswerRequest, outcome: String, since start: ContinuousClock.Instant) {
        Counter(label: "rag_queries_total", dimensions: [("mode", request.mode.rawValue), ("outcome", outcome)]).increment()
        Timer(label: "rag_query_duration_seconds", dimensions: [("mode", request.mode.rawValue)])
            .record(duration: start.duration(to: .now))
    }
}

/// Puts a permit before every request that indexes.
struct AdmittedIngesting: DocumentIngesting {
    let pipeline: IngestPipeline
    let admission: AdmissionControl

    func ingest(
        _ sources: [DocumentSource],
        deadline: Deadline,
        in scope: TenantScope
    ) async throws(RAGError) -> IngestReply {
        do {
            return try await admission.withPermit(.ingest, deadline: deadline) {
                try await pipeline.ingest(sources, deadline: deadline, in: scope)
            }
        } catch {
            throw RAGError.wrapping(error)
        }
    }

    func accept(_ sources: [DocumentSource], in scope: TenantScope) async throws(RAGError) -> JobID {
        try await pipeline.accept(sources, in: scope)
    }
}
