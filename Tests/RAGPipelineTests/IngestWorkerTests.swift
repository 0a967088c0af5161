// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Testing

@Suite struct IngestWorkerTests {
    private let model = SteeredEmbedder()
    private let store = InMemoryKnowledgeStore()
    private let scope = TenantScope.singleTenant
    private let health = HealthRegistry { 0 }
    private let pipeline: IngestPipeline

    init() async throws {
        pipeline = IngestPipeline(
            loader: LittleLoader(),
            chunker: StructureAwareChunker(),
            embedder: model,
            store: store,
            log: store,
            health: health
        )
        try await store.prepare(pipeline.generation)
    }

    private func sources(_ texts: [String]) throws -> [DocumentSource] {
        try texts.enumerated().map { index, text in
            DocumentSource(id: try DocumentID("doc-\(index)"), content: .text(text, format: .plain))
        }
    }

    /// Runs a worker while `body` does.
    private func withWorker(
        _ settings: IngestWorker.Settings = IngestWorker.Settings(pollInterval: .seconds(30), drain: .milliseconds(50)),
        _ body: () async throws -> Void
    ) async throws {
        let worker = IngestWorker(pipeline, settings: settings)
        let run = Task { await worker.run() }
        do {
            try await body()
        } catch {
            worker.stop()
            throw error
        }
        worker.stop()
        await run.value
    }

    private func isEnded(_ job: JobID) async throws -> Bool {
        let status = try await store.job(job, in: scope)?.status
        return status != .queued && status != .running
    }

    @Test func acceptedWorkIsDoneWithoutWaitingForThePoll() async throws {
        try await withWorker {
            try await Task.sleep(for: .milliseconds(20))
            let job = try await pipeline.accept(try sources(["one", "two", "three", "four", "five"]), in: scope)
            #expect(try await eventually { try await isEnded(job) })
            let record = try await store.job(job, in: scope)
            #expect(record?.status == .done)
            #expect(record?.indexed == 5)
        }
        #expect(health.dependencies.first { $0.name == "ingest" }?.status == .ok)
    }

    @Test func slowLoadingHoldsUpNobodyElse() async throws {
        try await withWorker {
            let slow = try await pipeline.accept(try sources(["slow 0", "slow 1", "slow 2", "slow 3"]), in: scope)
            let quick = DocumentSource(id: try DocumentID("quick"), content: .text("quick", format: .plain))
            let job = try await pipeline.accept([quick], in: scope)
            #expect(try await eventually { try await isEnded(job) })
            #expect(try await !isEnded(slow))
            #expect(try await eventually { try await isEnded(slow) })
            #expect(try await store.job(slow, in: scope)?.indexed == 4)
        }
    }

    @Test func whatCannotBeReadFailsForGood() async throws {
        try await withWorker {
            let job = try await pipeline.accept(try sources(["one", "unreadable"]), in: scope)
            #expect(try await eventually { try await isEnded(job) })
            let record = try await store.job(job, in: scope)
            #expect(record?.status == .failed)
            #expect(record?.failures.map(\.document.rawValue) == ["doc-1"])
            #expect(record?.failures.first?.quarantined == false)
        }
    }

    @Test func aDocumentThatBreaksTheModelIsQuarantinedAndTheOthersAreDone() async throws {
        model.fail { $0.contains { $0.contains("poison") } ? RAGError(.unavailable, "the model crashed") : nil }
        try await withWorker {
            let job = try await pipeline.accept(try sources(["one", "poison", "three"]), in: scope)
            #expect(try await eventually { try await isEnded(job) })
            let record = try await store.job(job, in: scope)
            #expect(record?.status == .quarantined)
            #expect(record?.indexed == 2)
        }
    }

    @Test func aModelThatIsAwayCostsNoStrikes() async throws {
        model.fail { _ in RAGError(.unavailable, "the model is away") }
        let settings = IngestWorker.Settings(
            pollInterval: .milliseconds(5),
            drain: .milliseconds(50),
            backoff: .milliseconds(1)...(.milliseconds(4))
        )
        try await withWorker(settings) {
            let job = try await pipeline.accept(try sources(["one", "two"]), in: scope)
            #expect(try await eventually { model.calls.count > 20 })
            #expect(health.dependencies.first { $0.name == "ingest" }?.status == .degraded)
            model.fail { _ in nil }
            #expect(try await eventually { try await isEnded(job) })
            #expect(try await store.job(job, in: scope)?.indexed == 2)
        }
    }

    @Test func shutdownGivesLeasesBackWithoutAStrike() async throws {
        model.hold()
        let job = try await pipeline.accept(try sources(["one"]), in: scope)
        try await withWorker {
            let isRunning = try await eventually { model.running == 1 }
            #expect(isRunning)
        }
        #expect(try await store.depth() == 1)
        model.open()
        let work = try await store.lease(1, for: .seconds(60))
        #expect(work.first?.lease.attempt == 1)
        #expect(work.first?.lease.job == job)
    }

    @Test func shutdownLetsRunningWorkFinish() async throws {
        model.hold()
        let job = try await pipeline.accept(try sources(["one"]), in: scope)
        let worker = IngestWorker(pipeline, settings: IngestWorker.Settings(drain: .seconds(10)))
        let run = Task { await worker.run() }
        #expect(try await eventually { model.running == 1 })
        worker.stop()
        model.open()
        await run.value
        #expect(try await store.job(job, in: scope)?.status == .done)
    }

    @Test func aLeaseIsRenewedWhileTheWorkGoesOn() async throws {
        model.hold()
        let settings = IngestWorker.Settings(leaseDuration: .milliseconds(600), pollInterval: .milliseconds(5), drain: .milliseconds(50))
        try await withWorker(settings) {
            let job = try await pipeline.accept(try sources(["one"]), in: scope)
            #expect(try await eventually { model.running == 1 })
            // Longer than the lease: the other lane would have taken the work by now.
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(model.calls.count == 1)
            #expect(try await store.lease(1, for: .seconds(60)).isEmpty)
            model.open()
            #expect(try await eventually { try await isEnded(job) })
            #expect(try await store.job(job, in: scope)?.indexed == 1)
        }
        #expect(model.calls.count == 1)
    }

    @Test func workWhoseLeaseIsLostIsGivenUp() async throws {
        model.hold()
        let settings = IngestWorker.Settings(
            concurrency: 1,
            leaseDuration: .milliseconds(300),
            pollInterval: .milliseconds(5),
            drain: .milliseconds(50)
        )
        try await withWorker(settings) {
            _ = try await pipeline.accept(try sources(["one"]), in: scope)
            #expect(try await eventually { model.running == 1 })
            // Ends the work behind the worker's back, as another worker would.
            try await store.complete(IngestLease(job: JobID(rawValue: "job_1"), item: 0, attempt: 1, scope: scope), status: .unchanged)
            // A worker that went on would wait for the model until the document's time is up.
            let next = try await pipeline.accept(try sources(["two", "three"]), in: scope)
            #expect(try await eventually { model.calls.count == 2 })
            model.open()
            #expect(try await eventually { try await isEnded(next) })
        }
        #expect(try await store.document(try DocumentID("doc-0"), history: true, in: scope)?.revisions.count == 1)
    }
}
