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

@Suite struct StoreIndexTests {
    @Test func keepsFindingWhileIndexesAreMergedSavedAndClosed() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store {
            $0.indexMemory = 1
            $0.snapshotInterval = .milliseconds(50)
            $0.purgeDelay = .milliseconds(50)
        }
        let upkeep = Task { try await store.run() }
        var random = SeededGenerator(seed: 7)
        var truth: [TenantScope: [String: String]] = [.alpha: [:], .beta: [:]]
        for step in 0..<600 {
            let scope: TenantScope = random.next() % 2 == 0 ? .alpha : .beta
            let id = "d\(random.next() % 40)"
            if random.next() % 4 == 0 {
                let proof = try await store.withdraw(try DocumentID(id), in: scope)
                #expect((proof != nil) == (truth[scope]?.removeValue(forKey: id) != nil))
                if let proof { #expect(proof.terms == .count(0)) }
            } else {
                let word = "word\(step)"
                try await store.put(ConformanceDocument(id, "common \(word)"), in: scope)
                truth[scope]?[id] = word
                #expect(try await store.find(word, in: scope) == [id])
            }
            if step % 20 == 0 {
                #expect(try await store.find("common", in: scope) == truth[scope]?.keys.sorted())
            }
        }
        upkeep.cancel()
        try await upkeep.value
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func sharesOneOpeningAmongAllWhoWait() async throws {
        let folder = try ScratchDirectory()
        let first = try await folder.store()
        for number in 0..<50 { try await first.put(ConformanceDocument("d\(number)", "common word\(number)")) }
        try await first.close()
        let store = try await folder.store()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 {
                group.addTask {
                    // Writes race with the opening; none may be lost or seen twice.
                    try await store.put(ConformanceDocument("d\(number)", "common changed\(number)"))
                    return try await store.find("changed\(number)").count
                }
                group.addTask { min(try await store.find("common").count, 1) }
            }
            for try await count in group { #expect(count == 1) }
        }
        #expect(try await store.find("common").count == 50)
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func verifyNamesWhatIsWrong() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        for number in 0..<10 { try await store.put(ConformanceDocument("d\(number)", "common word\(number)")) }
        #expect(try await store.verify() == VerificationReport(documents: 10, chunks: 10, faults: []))
        try await store.tamper("UPDATE text_parts SET bytes = CAST('damaged words' AS BLOB) WHERE text = 3")
        let faults = try await store.verify().faults
        #expect(faults.contains { $0.contains("checksum") }, "\(faults)")
        try await store.tamper("UPDATE text_parts SET bytes = CAST('short' AS BLOB) WHERE text = 4")
        #expect(try await store.verify().faults.contains { $0.contains("range") })
        try await store.tamper("UPDATE text_parts SET bytes = CAST('common word3' AS BLOB) WHERE text = 4")
        try await store.tamper("UPDATE chunks SET vector = zeroblob(length(vector)) WHERE key = 5")
        #expect(try await store.verify().faults.contains { $0.contains("vector") })
        try await store.close()
    }

    @Test func convertsToAnotherGeneration() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        for number in 0..<20 {
            let document = ConformanceDocument("d\(number)", "common word\(number)\n\nsecond part\(number)", title: "T")
            try await store.put(document, in: number % 2 == 0 ? .alpha : .beta)
        }
        var space = HashingEmbeddingProvider(dimension: 32).space
        space.fingerprint = "2"
        let next = Generation(space: space, chunking: "whole/1")
        let error = await #expect(throws: RAGError.self) { try await store.prepare(next) }
        #expect(error?.code == .incompatible)

        let stop = RAGError(.unavailable, "stopped")
        let transform: @Sendable (Revision, String) async throws -> (chunks: [Chunk], vectors: EmbeddingMatrix) = { _, text in
            let vector = HashingEmbeddingProvider.vector(of: text, dimension: 32)
            return ([Chunk(ordinal: 0, range: 0..<text.utf8.count)], try EmbeddingMatrix(dimension: 32, values: vector))
        }
        let filling = try GenerationFilling(directory: folder.path)
        await #expect(throws: RAGError.self) {
            _ = try await filling.fill(next) { revision, text in
                if revision.document.rawValue == "d18" { throw stop }
                return try await transform(revision, text)
            }
        }
        #expect(try await store.find("word4") == ["d4"], "the old generation serves until the new one is complete")
        let done = Counter()
        let outcome = try await filling.fill(next) { revision, text in
            done.increase()
            return try await transform(revision, text)
        }
        #expect(outcome == .init(documents: 20, missing: 0))
        #expect(done.value == 4, "what was done before is not done again")
        try filling.close()
        try await store.prepare(next)
        let record = try #require(try await store.document(try DocumentID("d4"), history: true, in: .alpha))
        #expect(record.chunks == 1 && record.current.number == 1 && record.generation == next.identifier)
        #expect(try await store.find("word4") == ["d4"])
        #expect(try await store.verify() == VerificationReport(documents: 20, chunks: 20, faults: []))
        try await store.close()
        let again = try folder.bareStore()
        try await again.prepare(next)
        #expect(try await again.find("word4") == ["d4"])
        try await again.close()
    }

    @Test func readsPassagesQuickly() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let long = (0..<2_000).map { "paragraph \($0) of a long document, about as long as one usually is in practice" }.joined(
            separator: "\n\n"
        )
        try await store.put(ConformanceDocument("long", long))
        let references = (0..<10).map { ChunkReference(document: DocumentID(stored: "long"), revision: 1, ordinal: $0 * 199) }
        _ = try await store.passages(references, in: .alpha)
        let clock = ContinuousClock()
        var best = Duration.seconds(10)
        for _ in 0..<200 {
            let start = clock.now
            let passages = try await store.passages(references, in: .alpha)
            best = min(best, start.duration(to: clock.now))
            #expect(passages.count == 10)
        }
        print("ten passages: \(best)")
        #expect(best < .milliseconds(20), "even a debug build on a busy machine is far below this")
        try await store.close()
    }
}

final class Counter: Sendable {
    private let count = MutexBox()

    func increase() { count.add(1) }
    var value: Int { count.value }
}
