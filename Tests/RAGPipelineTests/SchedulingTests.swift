// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import Testing

@Suite struct SchedulingTests {
    private let model = SteeredEmbedder()
    private let deadline = Deadline.after(.seconds(20))

    @Test func passagesAreCutIntoSingleTextsInOrder() async throws {
        let provider = SchedulingEmbeddingProvider(model)
        let texts = (0..<20).map { "passage \($0)" }
        let cut = try await provider.embed(texts, as: .passage, deadline: deadline)
        let whole = try await model.embed(texts, as: .passage, deadline: deadline)
        #expect(cut == whole)
        #expect(model.calls.dropLast().allSatisfy { $0.texts.count == 1 })
        #expect(model.mostRunning <= 2)
    }

    @Test func groupsAreBoundedByTextsAndBytes() async throws {
        let settings = SchedulingEmbeddingProvider.Settings(textsPerGroup: 3, bytesPerGroup: 20)
        let provider = SchedulingEmbeddingProvider(model, settings: settings)
        let texts = ["short", "short", "short", "short", String(repeating: "long ", count: 10), "short"]
        _ = try await provider.embed(texts, as: .passage, deadline: deadline)
        #expect(model.calls.map(\.texts.count).sorted() == [1, 1, 1, 3])
    }

    @Test func aQueryGoesBeforeWaitingPassages() async throws {
        let provider = SchedulingEmbeddingProvider(model, settings: SchedulingEmbeddingProvider.Settings(lanes: 1))
        let deadline = deadline
        model.hold()
        let ingest = Task { try await provider.embed((0..<40).map { "passage \($0)" }, as: .passage, deadline: deadline) }
        #expect(try await eventually { model.running == 1 })
        let query = Task { try await provider.embed(["query"], as: .query, deadline: deadline) }
        #expect(try await eventually { provider.waiting == 1 })
        model.open()
        _ = try await query.value
        let index = model.calls.firstIndex { $0.role == .query }
        #expect(index == 1)
        #expect(try await ingest.value.count == 40)
    }

    @Test func aWaiterLeavesAtItsDeadlineAndWithItsTask() async throws {
        let provider = SchedulingEmbeddingProvider(model)
        let deadline = deadline
        model.hold()
        let holders = (0..<2).map { index in
            Task { try await provider.embed(["holder \(index)"], as: .query, deadline: deadline) }
        }
        #expect(try await eventually { model.running == 2 })
        let late = await #expect(throws: RAGError.self) {
            try await provider.embed(["late"], as: .query, deadline: .after(.milliseconds(20)))
        }
        #expect(late?.code == .deadlineExceeded)
        let gone = Task { try await provider.embed(["gone"], as: .query, deadline: deadline) }
        #expect(try await eventually { provider.waiting == 1 })
        gone.cancel()
        let error = await #expect(throws: RAGError.self) { try await gone.value }
        #expect(error?.code == .cancelled)
        model.open()
        for holder in holders { _ = try await holder.value }
        #expect(model.calls.count == 2)
    }

    @Test func aFullQueueRefuses() async throws {
        let settings = SchedulingEmbeddingProvider.Settings(lanes: 1, queueLimit: 1)
        let provider = SchedulingEmbeddingProvider(model, settings: settings)
        let deadline = deadline
        model.hold()
        let holder = Task { try await provider.embed(["holder"], as: .query, deadline: deadline) }
        #expect(try await eventually { model.running == 1 })
        let waiter = Task { try await provider.embed(["waiter"], as: .query, deadline: deadline) }
        #expect(try await eventually { provider.waiting == 1 })
        let error = await #expect(throws: RAGError.self) {
            try await provider.embed(["refused"], as: .query, deadline: deadline)
        }
        #expect(error?.code == .overloaded)
        #expect(error?.retryAfter != nil)
        model.open()
        _ = try await (holder.value, waiter.value)
    }

    @Test func aFailureOfOneGroupIsTheRequests() async throws {
        let provider = SchedulingEmbeddingProvider(model)
        model.fail { $0.contains("bad") ? RAGError(.unavailable, "the model failed") : nil }
        let error = await #expect(throws: RAGError.self) {
            try await provider.embed(["good", "bad", "good"], as: .passage, deadline: deadline)
        }
        #expect(error?.code == .unavailable)
        #expect(try await provider.embed(["good"], as: .query, deadline: deadline).count == 1)
    }
}

@Suite struct PermitLineTests {
    @Test func grantsAtOnceWhileAPermitIsFree() {
        var line = PermitLine(width: 2, capacity: 1)
        #expect(line.enter(lane: 0) == .granted)
        #expect(line.enter(lane: 0) == .granted)
        #expect(line.enter(lane: 0) == .queued(1))
        #expect(line.enter(lane: 0) == .refused)
        #expect(line.inFlight == 2)
    }

    @Test func theFirstLaneGoesFirst() {
        var line = PermitLine(width: 1, capacity: 9, lanes: 2)
        _ = line.enter(lane: 0)
        #expect(line.enter(lane: 1) == .queued(1))
        #expect(line.enter(lane: 0) == .queued(2))
        #expect(line.enter(lane: 1) == .queued(3))
        #expect([line.leave(), line.leave(), line.leave(), line.leave()] == [2, 1, 3, nil])
        #expect(line.inFlight == 0)
    }

    @Test func aLaterLaneNeverStarves() {
        var line = PermitLine(width: 1, capacity: 99, lanes: 2, patience: 4)
        _ = line.enter(lane: 0)
        #expect(line.enter(lane: 1) == .queued(1))
        for _ in 0..<20 { _ = line.enter(lane: 0) }
        let order = (0..<6).map { _ in line.leave() }
        #expect(order.firstIndex(of: 1) == 4)
    }

    @Test func aWaiterThatLeftIsPassedOver() {
        var line = PermitLine(width: 1, capacity: 2)
        _ = line.enter(lane: 0)
        #expect(line.enter(lane: 0) == .queued(1))
        #expect(line.enter(lane: 0) == .queued(2))
        line.abandon(1)
        #expect(line.enter(lane: 0) == .queued(3))
        #expect(line.leave() == 2)
    }
}
