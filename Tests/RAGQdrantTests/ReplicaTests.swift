// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGTestKit
import Testing

@testable import RAGQdrant

/// Several stores over one collection, as replicas are.
@Suite(.serialized, .enabled(if: QdrantProcess.isExpected, "neither the Qdrant engine nor QDRANT_URL is there"))
struct ReplicaTests {
    private let scope = TenantScope(authenticated: "one")

    private func replicas(_ count: Int) async throws -> [QdrantStore] {
        let collection = QdrantFixture.name()
        let stores = try (0..<count).map { _ in try QdrantFixture.store(collection: collection) }
        try await withThrowingTaskGroup { group in
            for store in stores { group.addTask { try await store.prepare(ConformanceDocument.generation) } }
            try await group.waitForAll()
        }
        return stores
    }

    @Test func replicasThatStartTogetherAgree() async throws {
        let stores = try await replicas(4)
        for store in stores { #expect(try await store.generation() == ConformanceDocument.generation) }
    }

    @Test func aDisagreeingReplicaRefusesToStart() async throws {
        let collection = QdrantFixture.name()
        let store = try QdrantFixture.store(collection: collection)
        try await store.prepare(ConformanceDocument.generation)
        _ = try await store.publish(try ConformanceDocument("a", "apples").publication(), completing: nil, in: scope)
        var other = ConformanceDocument.generation
        other.chunking = "words/2"
        let error = await #expect(throws: RAGError.self) { try await QdrantFixture.store(collection: collection).prepare(other) }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("grounded reembed") == true)
    }

    @Test func racesOnOneDocumentEndWithExactlyOneWriteWhole() async throws {
        let stores = try await replicas(3)
        for round in 0..<40 {
            let id = "doc\(round % 5)"
            let documents = stores.indices.map { writer in
                ConformanceDocument(
                    id,
                    (0...writer).map { "writer\(writer) round\(round) part\($0)" }.joined(separator: "\n\n"),
                    metadata: ["writer": .number(Double(writer))]
                )
            }
            try await withThrowingTaskGroup { group in
                for (store, document) in zip(stores, documents) {
                    group.addTask { _ = try await store.publish(try document.publication(), completing: nil, in: self.scope) }
                }
                try await group.waitForAll()
            }
            let reader = stores[round % 3]
            let found = try #require(try await reader.text(of: try DocumentID(id), revision: nil, in: scope))
            let winner = try #require(documents.firstIndex { $0.text == found.text })
            #expect(found.revision.metadata == documents[winner].metadata)
            let hits = try await reader.search(ConformanceDocument.lexicalRequest("round\(round)", limit: 50), in: scope).hits
            let texts = try await reader.passages(hits.map(\.chunk), in: scope).map(\.text)
            #expect(Set(texts) == Set(documents[winner].text.split(separator: "\n\n").map(String.init)), "round \(round)")
            #expect(texts.count == winner + 1)
        }
        #expect(try await stores[0].verify().faults == [])
        let record = try #require(try await stores[1].document(try DocumentID("doc0"), history: true, in: scope))
        #expect(record.revisions.map(\.number) == Array(1...record.current.number))
        // What lost a race has removed itself.
        #expect(try await stores[0].reconcile(grace: .zero).leftovers == 0)
    }

    @Test func whatIsReplacedAtOnceStaysInTheHistory() async throws {
        let stores = try await replicas(4)
        let id = try DocumentID("doc")
        for round in 0..<25 {
            try await withThrowingTaskGroup { group in
                for (writer, store) in stores.enumerated() {
                    let document = ConformanceDocument("doc", "round \(round) of writer \(writer)")
                    group.addTask { _ = try await store.publish(try document.publication(), completing: nil, in: self.scope) }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await stores[0].verify().faults == [])
        let record = try #require(try await stores[0].document(id, history: true, in: scope))
        #expect(record.revisions.map(\.number) == Array(1...100), "every write is a revision, once")
    }

    @Test func acceptedWorkIsNeverPublishedOverWhatCameLater() async throws {
        let stores = try await replicas(2)
        for round in 0..<60 {
            let id = try DocumentID("doc\(round)")
            let older = ConformanceDocument(id.rawValue, "older \(round)")
            let newer = ConformanceDocument(id.rawValue, "newer \(round)")
            _ = try await stores[0].accept([DocumentSource(id: id, content: .text(older.text, format: nil))], in: scope)
            let work = try #require(try await stores[0].lease(1, for: .seconds(30)).first)
            let pause = Duration.milliseconds(round % 13)
            let isWithdrawn = round.isMultiple(of: 3)
            async let worked: Void? = try? {
                _ = try await stores[0].publish(try older.publication(), completing: work.lease, in: self.scope)
            }()
            try await Task.sleep(for: pause)
            if isWithdrawn {
                _ = try await stores[1].withdraw(id, in: scope)
            } else {
                _ = try await stores[1].publish(try newer.publication(), completing: nil, in: scope)
            }
            await worked
            let text = try await stores[1].text(of: id, revision: nil, in: scope)?.text
            #expect(text == (isWithdrawn ? nil : newer.text), "round \(round), \(pause) later")
        }
        #expect(try await stores[0].depth() == 0)
        #expect(try await stores[0].verify().faults == [])
    }

    @Test func whatOneReplicaAcknowledgesTheOthersServe() async throws {
        let stores = try await replicas(2)
        let id = try DocumentID("a")
        let before = try await stores[1].sequence(in: scope)
        _ = try await stores[0].publish(try ConformanceDocument("a", "apples").publication(), completing: nil, in: scope)
        #expect(try await stores[1].sequence(in: scope) != before)
        #expect(try await stores[1].search(ConformanceDocument.lexicalRequest("apples"), in: scope).hits.count == 1)
        _ = try await stores[1].withdraw(id, in: scope)
        #expect(try await stores[0].search(ConformanceDocument.lexicalRequest("apples"), in: scope).hits.isEmpty)
        #expect(try await stores[0].document(id, history: true, in: scope) == nil)
    }

    @Test func publishingAndWithdrawingAtTheSameMomentLeavesOneOfTheTwo() async throws {
        let stores = try await replicas(2)
        for round in 0..<40 {
            let id = try DocumentID("doc")
            let document = ConformanceDocument("doc", "secret \(round)\n\nanother part")
            async let publish = stores[0].publish(try document.publication(), completing: nil, in: scope)
            async let withdraw = stores[1].withdraw(id, in: scope)
            _ = try await (publish, withdraw)
            let text = try await stores[0].text(of: id, revision: nil, in: scope)?.text
            let hits = try await stores[1].search(ConformanceDocument.lexicalRequest("secret"), in: scope).hits
            #expect(text == nil ? hits.isEmpty : text == document.text && hits.count == 1, "round \(round)")
        }
        #expect(try await stores[0].verify().faults == [])
    }

    @Test func workIsDoneOnceByWhoeverTakesItAndMovesOnWhenItsHolderIsGone() async throws {
        let stores = try await replicas(3)
        let sources = try (0..<30).map { DocumentSource(id: try DocumentID("d\($0)"), content: .text("text \($0)", format: nil)) }
        let job = try await stores[0].accept(sources, in: scope)
        // One replica takes five and is never heard of again.
        let lost = try await stores[2].lease(5, for: .milliseconds(300))
        #expect(lost.count == 5)
        let published = try await withThrowingTaskGroup(of: [String].self) { group in
            for store in stores.prefix(2) {
                group.addTask {
                    var done: [String] = []
                    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
                    while try await store.depth() > 0, ContinuousClock.now < deadline {
                        for work in try await store.lease(3, for: .seconds(30)) {
                            guard case .text(let text, _) = work.source.content else { continue }
                            let document = ConformanceDocument(work.source.id.rawValue, text)
                            _ = try await store.publish(try document.publication(), completing: work.lease, in: work.lease.scope)
                            done.append(document.id)
                        }
                    }
                    return done
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(published.sorted() == sources.map(\.id.rawValue).sorted(), "each is finished once")
        let record = try #require(try await stores[1].job(job, in: scope))
        #expect(record.status == .done)
        #expect(record.indexed == 30)
        let error = await #expect(throws: RAGError.self) { try await stores[2].complete(lost[0].lease, status: .indexed) }
        #expect(error?.code == .conflict)
    }
}
