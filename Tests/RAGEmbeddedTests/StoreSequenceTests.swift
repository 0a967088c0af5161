// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGEmbedded
import RAGTestKit
import Synchronization
import Testing

@Suite struct StoreSequenceTests {
    /// What a cache of replies keeps, and what the writer says.
    private final class Notes: Sendable {
        private struct State {
            var acknowledged = 0
            var isDone = false
            /// What was found, by sequence, kept for ever: an entry that is served after a change says what was before it.
            var found: [UInt64: Int] = [:]
        }

        private let state = Mutex(State())

        var acknowledged: Int { state.withLock { $0.acknowledged } }
        var isDone: Bool { state.withLock { $0.isDone } }

        func acknowledge(_ version: Int) { state.withLock { $0.acknowledged = version } }
        func finish() { state.withLock { $0.isDone = true } }
        func found(under sequence: UInt64) -> Int? { state.withLock { $0.found[sequence] } }
        func note(_ version: Int, under sequence: UInt64) { state.withLock { $0.found[sequence] = version } }
    }

    @Test func whatWasFoundUnderANumberIsTrueWhileTheNumberStays() async throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let notes = Notes()
        let (hits, wrong) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for _ in 0..<4 { group.addTask { try await Self.read(store, notes) } }
            try await Self.write(store, notes, seed: seed)
            return try await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        }
        #expect(wrong == 0, "seed \(seed)")
        #expect(hits > 100, "seed \(seed): only \(hits) hits, the test says nothing")
        try await store.close()
    }

    private static func read(_ store: EmbeddedStore, _ notes: Notes) async throws -> (hits: Int, wrong: Int) {
        var (hits, wrong) = (0, 0)
        while !notes.isDone {
            let floor = notes.acknowledged
            let sequence = try await store.sequence(in: .alpha)
            var found = notes.found(under: sequence)
            if found != nil { hits += 1 }
            if found == nil {
                let hits = try await store.search(ConformanceDocument.lexicalRequest("subject"), in: .alpha).hits
                let newest = hits.map(\.chunk.revision).max() ?? 0
                notes.note(newest, under: sequence)
                found = newest
            }
            if let found, found < floor { wrong += 1 }
            await Task.yield()
        }
        return (hits, wrong)
    }

    private static func write(_ store: EmbeddedStore, _ notes: Notes, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let id = try DocumentID("a")
        for version in 1...150 {
            if version == 1 || Bool.random(using: &random) {
                try await store.put(ConformanceDocument("a", "the subject in version \(version)"))
            } else {
                _ = try await store.update(id, url: "https://a.test/\(version)", metadata: [:], completing: nil, in: .alpha)
            }
            notes.acknowledge(version)
            if version.isMultiple(of: 3) { try await Task.sleep(for: .milliseconds(1)) }
        }
        notes.finish()
    }

    @Test func aSwitchOfGenerationChangesEveryTenant() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("a", "apples"), in: .alpha)
        try await store.put(ConformanceDocument("b", "pears"), in: .beta)
        for scope in [TenantScope.alpha, .beta] { _ = try await store.find("apples", in: scope) }
        let before = [try await store.sequence(in: .alpha), try await store.sequence(in: .beta)]
        var target = ConformanceDocument.generation
        target.chunking = "words/2"
        let filling = try GenerationFilling(directory: folder.path)
        _ = try await filling.fill(target) { revision, text in
            let document = try ConformanceDocument(revision.document.rawValue, text).publication()
            return (document.chunks, document.vectors)
        }
        try filling.close()
        #expect(try await store.sequence(in: .alpha) == before[0], "filling changes nothing that can be found")
        try await store.prepare(target)
        #expect(try await store.sequence(in: .alpha) != before[0])
        #expect(try await store.sequence(in: .beta) != before[1])
        try await store.close()
    }

    @Test func aTenantKeepsItsNumberWhileOthersPublish() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("a", "apples"), in: .alpha)
        _ = try await store.find("apples", in: .alpha)
        let before = try await store.sequence(in: .alpha)
        for number in 0..<10 { try await store.put(ConformanceDocument("\(number)", "pears"), in: .beta) }
        #expect(try await store.sequence(in: .alpha) == before)
        try await store.close()
    }
}
