// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import RAGEmbedded
import RAGTestKit
import Testing

@Suite struct GenerationFillingTests {
    private let folder: ScratchDirectory

    init() throws { folder = try ScratchDirectory() }

    /// A generation that keeps each document in one chunk.
    private static let whole: Generation = {
        var generation = ConformanceDocument.generation
        generation.chunking = "whole/1"
        return generation
    }()

    private static let transform: GenerationFilling.Transform = { revision, text in
        let dimension = whole.space.dimension
        let vector = HashingEmbeddingProvider.vector(of: text, dimension: dimension)
        return ([Chunk(ordinal: 0, range: 0..<text.utf8.count)], try EmbeddingMatrix(dimension: dimension, values: vector))
    }

    private func filled(_ count: Int = 20) async throws -> EmbeddedStore {
        let store = try await folder.store()
        for number in 0..<count { try await store.put(ConformanceDocument("d\(number)", "word\(number) apples\n\npart\(number)")) }
        return store
    }

    private func refusal(_ generation: Generation, by store: EmbeddedStore) async throws -> String {
        do {
            try await store.prepare(generation)
            Issue.record("prepared for an incomplete generation")
            return ""
        } catch {
            #expect(error.code == .incompatible)
            return error.message
        }
    }

    @Test func theSwitchWaitsUntilNothingIsMissing() async throws {
        let store = try await filled()
        let filling = try GenerationFilling(directory: folder.path)
        _ = try await filling.fill(Self.whole, transform: Self.transform)
        #expect(try await store.statistics(in: nil).chunks == 40, "only what is in force counts")
        #expect(try await store.verify().faults == [])
        // A new document, a new text, new metadata only, and one that goes.
        try await store.put(ConformanceDocument("new", "new apples"))
        try await store.put(ConformanceDocument("d1", "changed apples"))
        _ = try await store.update(try DocumentID("d2"), url: "https://a.test", metadata: [:], completing: nil, in: .alpha)
        _ = try await store.withdraw(try DocumentID("d3"), in: .alpha)
        let message = try await refusal(Self.whole, by: store)
        #expect(message.contains("3 of 20 documents are missing") && message.contains("grounded reembed"))
        #expect(try await store.find("new") == ["new"])

        let again = try await filling.fill(Self.whole, transform: Self.transform)
        #expect(again == .init(documents: 20, missing: 0))
        try await store.prepare(Self.whole)
        #expect(try store.servingGeneration() == Self.whole)
        #expect(try await store.statistics(in: nil).chunks == 20)
        #expect(try await store.find("apples").count == 20)
        #expect(try await store.verify() == VerificationReport(documents: 20, chunks: 20, faults: []))
        try filling.close()
        try await store.close()
    }

    @Test func theWayBackIsTheOldSettings() async throws {
        let store = try await filled()
        let filling = try GenerationFilling(directory: folder.path)
        _ = try await filling.fill(Self.whole, transform: Self.transform)
        try await store.prepare(Self.whole)
        try await store.prepare(ConformanceDocument.generation)
        #expect(try await store.find("part7") == ["d7"])
        #expect(try await store.statistics(in: nil).chunks == 40)
        try await store.prepare(Self.whole)
        var publication = try ConformanceDocument("late", "late").publication()
        publication.generation = Self.whole
        _ = try await store.publish(publication, completing: nil, in: .alpha)
        #expect(try await refusal(ConformanceDocument.generation, by: store).contains("1 of 21 documents are missing"))

        #expect(try await filling.prune() == 40)
        #expect(try await refusal(ConformanceDocument.generation, by: store).contains("run `grounded reembed`"))
        #expect(try await store.find("late") == ["late"])
        #expect(try await store.verify() == VerificationReport(documents: 21, chunks: 21, faults: []))
        #expect(try await filling.prune() == 0)
        try filling.close()
        try await store.close()
    }

    @Test func aServerThatWritesMeanwhileLosesNothing() async throws {
        let store = try await filled(60)
        let writer = Task {
            var number = 0
            while !Task.isCancelled {
                try await store.put(ConformanceDocument("d\(number % 80)", "word\(number % 80) apples \(number)"))
                if number.isMultiple(of: 7) { _ = try await store.withdraw(try DocumentID("d\((number * 3) % 80)"), in: .alpha) }
                number += 1
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        let filling = try GenerationFilling(directory: folder.path)
        let outcome = try await filling.fill(Self.whole) { revision, text in
            try await Task.sleep(for: .milliseconds(5))
            return try await Self.transform(revision, text)
        }
        writer.cancel()
        _ = try? await writer.value
        if outcome.missing > 0 { _ = try await refusal(Self.whole, by: store) }
        let last = try await filling.fill(Self.whole, transform: Self.transform)
        #expect(last.missing == 0)
        let before = try await store.documents(after: nil, prefix: nil, limit: 1_000, in: .alpha).documents.map(\.current)
        try filling.close()
        try await store.close()
        let next = try folder.bareStore()
        try await next.prepare(Self.whole)
        #expect(try await next.documents(after: nil, prefix: nil, limit: 1_000, in: .alpha).documents.map(\.current) == before)
        #expect(try await next.find("apples").count == before.count)
        #expect(try await next.verify() == VerificationReport(documents: before.count, chunks: before.count, faults: []))
        try await next.close()
    }

    @Test func aStoreThatIsNotThereIsNotMade() throws {
        #expect(throws: RAGError.self) { try GenerationFilling(directory: folder.path) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/grounded.sqlite"))
    }
}
