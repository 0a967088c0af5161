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

@Suite struct IngestLogTests {
    private func sources(_ ids: [String], text: String = "text") throws -> [DocumentSource] {
        try ids.map { DocumentSource(id: try DocumentID($0), content: .text(text, format: nil)) }
    }

    @Test func limitsWhatMayWait() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store {
            $0.tenantQueue = 3
            $0.globalQueue = 4
        }
        _ = try await store.accept(try sources(["a", "b", "c"]), in: .alpha)
        let own = await #expect(throws: RAGError.self) { try await store.accept(try sources(["d"]), in: .alpha) }
        #expect(own?.code == .rateLimited && own?.retryAfter != nil)
        let all = await #expect(throws: RAGError.self) { try await store.accept(try sources(["d", "e"]), in: .beta) }
        #expect(all?.code == .overloaded && all?.retryAfter != nil)
        _ = try await store.accept(try sources(["d"]), in: .beta)
        #expect(try await store.depth() == 4)
        try await store.close()
    }

    @Test func acceptedWorkSurvivesACrashWithAStrike() async throws {
        let folder = try ScratchDirectory()
        var current = try await folder.store()
        let job = try await current.accept(try sources(["a"], text: "apples"), in: .alpha)
        var held: [ScratchDirectory] = [folder]
        for attempt in 1...3 {
            let work = try #require(try await current.lease(5, for: .seconds(3_600)).first)
            #expect(work.lease.attempt == attempt)
            #expect(work.source.content == .text("apples", format: nil))
            // The next process finds the lease void.
            let copy = try #require(held.last).copy()
            try await current.close()
            held.append(copy)
            current = try await copy.store()
            #expect(try await current.depth() == 1)
        }
        #expect(try await current.lease(5, for: .seconds(60)).isEmpty)
        let record = try #require(try await current.job(job, in: .alpha))
        #expect(record.status == .quarantined)
        #expect(record.failures.first?.quarantined == true)
        #expect(try await current.depth() == 0)
        try await current.close()
    }

    @Test func endedWorkLeavesNoPayloadBehind() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        _ = try await store.accept(try sources(["a"], text: "xylophonesecret"), in: .alpha)
        let work = try #require(try await store.lease(1, for: .seconds(60)).first)
        try await store.fail(work.lease, reason: "unreadable", permanent: true)
        try await store.close()
        #expect(try !folder.holds("xylophonesecret"))
    }

    @Test func remembersTheFirstHundredFailures() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let job = try await store.accept(try sources((0..<120).map { "d\($0)" }), in: .alpha)
        for work in try await store.lease(200, for: .seconds(60)) {
            try await store.fail(work.lease, reason: "reason \(work.lease.item)", permanent: true)
        }
        let record = try #require(try await store.job(job, in: .alpha))
        #expect(record.failed == 120)
        #expect(record.failures.map(\.reason) == (0..<100).map { "reason \($0)" })
        try await store.close()
    }

    @Test func withdrawingTakesAHeldLeaseAway() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("a", "old"))
        _ = try await store.accept(try sources(["a"], text: "new"), in: .alpha)
        let work = try #require(try await store.lease(1, for: .seconds(60)).first)
        _ = try await store.withdraw(try DocumentID("a"), in: .alpha)
        let publication = try ConformanceDocument("a", "new").publication()
        let error = await #expect(throws: RAGError.self) {
            try await store.publish(publication, completing: work.lease, in: .alpha)
        }
        #expect(error?.code == .conflict)
        #expect(try await store.document(try DocumentID("a"), history: false, in: .alpha) == nil)
        try await store.close()
    }

    @Test func withdrawingWhatOnlyWaitsIsProvedAndPurged() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let job = try await store.accept(try sources(["a"], text: "xylophonesecret"), in: .alpha)
        let proof = try #require(try await store.withdraw(try DocumentID("a"), in: .alpha))
        #expect(proof.revisions == 0 && proof.chunks == 0)
        #expect([proof.text, proof.vectors, proof.terms, proof.cache].allSatisfy { $0 == .count(0) })
        #expect(try await store.job(job, in: .alpha)?.failures.map(\.reason) == ["withdrawn"])
        #expect(try await store.withdraw(try DocumentID("a"), in: .alpha) == nil)
        await store.purge()
        #expect(try !folder.holds("xylophonesecret"))
        try await store.close()
    }

    @Test func versionsOfADocumentAreLeasedOneAfterTheOther() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        _ = try await store.accept(try sources(["a", "b"], text: "old"), in: .alpha)
        _ = try await store.accept(try sources(["a"], text: "new"), in: .alpha)
        _ = try await store.accept(try sources(["a"], text: "another tenant's"), in: .beta)
        let first = try await store.lease(10, for: .seconds(60))
        #expect(first.map(\.source.content) == ["old", "old", "another tenant's"].map { .text($0, format: nil) })
        #expect(try await store.lease(10, for: .seconds(60)).isEmpty)
        try await store.complete(first[0].lease, status: .indexed)
        #expect(try await store.lease(10, for: .seconds(60)).map(\.source.content) == [.text("new", format: nil)])
        try await store.close()
    }

    @Test func aDirectPublishSupersedesWhatWaits() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let job = try await store.accept(try sources(["a", "b"], text: "old"), in: .alpha)
        let later = try await store.accept(try sources(["a"], text: "old"), in: .alpha)
        let held = try #require(try await store.lease(1, for: .seconds(60)).first)
        try await store.put(ConformanceDocument("a", "new"))
        let error = await #expect(throws: RAGError.self) {
            try await store.publish(try ConformanceDocument("a", "old").publication(), completing: held.lease, in: .alpha)
        }
        #expect(error?.code == .conflict)
        #expect(try await store.job(later, in: .alpha)?.status == .done)
        #expect(try await store.job(job, in: .alpha)?.unchanged == 1)
        #expect(try await store.lease(10, for: .seconds(60)).map(\.source.id.rawValue) == ["b"])
        #expect(try await store.text(of: try DocumentID("a"), revision: nil, in: .alpha)?.text == "new")
        try await store.close()
    }

    @Test(arguments: [true, false]) func quarantineKeepsThePayloadUntilTheDocumentEnds(byWithdrawal: Bool) async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        _ = try await store.accept(try sources(["a"], text: "xylophonesecret"), in: .alpha)
        for _ in 1...3 {
            let work = try #require(try await store.lease(1, for: .seconds(60)).first)
            try await store.fail(work.lease, reason: "trouble", permanent: false)
        }
        #expect(try await store.lease(1, for: .seconds(60)).isEmpty)
        #expect(try await store.depth() == 0)
        #expect(try folder.holds("xylophonesecret"))
        if byWithdrawal {
            #expect(try await store.withdraw(try DocumentID("a"), in: .alpha) != nil)
        } else {
            _ = try await store.accept(try sources(["a"], text: "harmless"), in: .alpha)
            let work = try #require(try await store.lease(1, for: .seconds(60)).first)
            _ = try await store.publish(try ConformanceDocument("a", "harmless").publication(), completing: work.lease, in: .alpha)
        }
        try await store.close()
        #expect(try !folder.holds("xylophonesecret"))
    }

    @Test func whatWasTriedBeforeIsLeasedAlone() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        _ = try await store.accept(try sources(["a", "b", "c"]), in: .alpha)
        let both = try await store.lease(2, for: .seconds(60))
        try await store.fail(both[0].lease, reason: "trouble", permanent: false)
        #expect(try await store.lease(5, for: .seconds(60)).isEmpty, "b is held")
        try await store.complete(both[1].lease, status: .indexed)
        let alone = try await store.lease(5, for: .seconds(60))
        #expect(alone.map(\.source.id.rawValue) == ["a"])
        #expect(try await store.lease(5, for: .seconds(60)).isEmpty, "nothing is held beside a")
        try await store.complete(alone[0].lease, status: .indexed)
        #expect(try await store.lease(5, for: .seconds(60)).map(\.source.id.rawValue) == ["c"])
        try await store.close()
    }
}
