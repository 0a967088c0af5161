// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import RAGCore
import RAGEmbedded
import RAGTestKit
import Testing

@Suite struct StoreDurabilityTests {
    private func fill(_ store: EmbeddedStore, _ count: Int = 60) async throws {
        for number in 0..<count {
            let text = "document number\(number) speaks of topic\(number % 7)\n\nand of a second thing\(number)"
            try await store.put(ConformanceDocument("d\(number)", text, title: "T\(number)", metadata: ["n": .number(Double(number))]))
        }
    }

    @Test func findsEverythingAgainAfterClosing() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await fill(store)
        let before = try await store.scored("topic3 second thing5")
        try await store.close()
        #expect(!folder.files("manifest").isEmpty, "closing saves the index")
        let again = try await folder.store()
        #expect(try await again.scored("topic3 second thing5") == before)
        #expect(try await again.verify().faults == [])
        try await again.close()
    }

    @Test func findsEverythingAgainAfterACrash() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await fill(store)
        await store.saveIndexes()
        // The snapshot is now behind the truth in every way: a document replaced, one withdrawn, one new.
        try await store.put(ConformanceDocument("d1", "entirely replaced"))
        _ = try await store.withdraw(try DocumentID("d2"), in: .alpha)
        try await store.put(ConformanceDocument("new", "topic3 anew"))
        let before = try await store.scored("topic3 replaced anew")

        let copy = try folder.copy()
        let recovered = try await copy.store()
        let after = try await recovered.scored("topic3 replaced anew")
        #expect(after.map(\.chunk) == before.map(\.chunk))
        for (old, new) in zip(before, after) { #expect(abs((old.lexical ?? 0) - (new.lexical ?? 0)) < 1e-4) }
        #expect(try await recovered.find("thing2") == [])
        #expect(try await recovered.verify().faults == [])
        try await recovered.close()
        try await store.close()
    }

    @Test(arguments: ["manifest", ".segment"]) func rebuildsACorruptSnapshot(_ file: String) async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await fill(store)
        let before = try await store.scored("topic3 second thing5")
        try await store.close()
        let path = try #require(folder.files(file).first)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 0x40
        try bytes.write(to: URL(fileURLWithPath: path))
        let again = try await folder.store()
        #expect(try await again.scored("topic3 second thing5") == before)
        #expect(try await again.verify().faults == [])
        try await again.close()
    }

    @Test func ignoresASnapshotThatIsNewerThanTheDatabase() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await fill(store, 5)
        let backup = try folder.copy()
        try? FileManager.default.removeItem(atPath: backup.path + "/index")
        try await fill(store, 20)
        #expect(try await store.find("document").count == 20)
        try await store.close()
        try FileManager.default.copyItem(atPath: folder.path + "/index", toPath: backup.path + "/index")
        let restored = try await backup.store()
        #expect(try await restored.find("document").count == 5)
        #expect(try await restored.verify().faults == [])
        try await restored.close()
    }

    @Test func commitsTogetherWhatWaits() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let before = store.commitCount
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let outcome = try await store.put(ConformanceDocument("d\(number)", "text number\(number)"))
                    #expect(outcome.status == .indexed)
                    // Read-your-writes: what is acknowledged is found.
                    #expect(try await store.find("number\(number)") == ["d\(number)"])
                }
            }
            try await group.waitForAll()
        }
        let commits = store.commitCount - before
        #expect(commits < 200, "400 publishes took \(commits) commits")
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func oneFailureLeavesTheRestOfItsBatchAlone() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let lost = IngestLease(job: JobID(rawValue: "nothing"), item: 0, attempt: 1, scope: .alpha)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let publication = try? ConformanceDocument("d\(number)", "text number\(number)").publication()
                    guard let publication else { return false }
                    let lease = number % 2 == 0 ? lost : nil
                    let outcome = try? await store.publish(publication, completing: lease, in: .alpha)
                    return (outcome != nil) == (lease == nil)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(try await store.find("text").count == 50)
        #expect(try await store.statistics(in: .alpha).documents == 50)
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func aCancelledCallerDoesNotUndoItsWrite() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let task = Task { try await store.put(ConformanceDocument("a", "apples")) }
        task.cancel()
        let outcome = try await task.value
        #expect(outcome.status == .indexed)
        #expect(try await store.find("apples") == ["a"])
        try await store.close()
    }

    @Test func commitsReachTheDisk() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        #expect(try await store.durability() == EmbeddedStore.Durability(synchronous: 2, secureDelete: 1, foreignKeys: 1, journal: "wal"))
        try await store.close()
    }

    @Test func aFullDiskFailsTheWriteAndNothingElse() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("a", "apples"))
        try await store.tamper("PRAGMA max_page_count = 60")
        let large = ConformanceDocument("b", String(repeating: "bananas and more ", count: 30_000))
        let error = await #expect(throws: RAGError.self) { try await store.put(large) }
        #expect(error?.code == .insufficientStorage)
        #expect(try await store.find("bananas") == [])
        #expect(try await store.find("apples") == ["a"])
        #expect(store.writeFailure == nil)
        try await store.tamper("PRAGMA max_page_count = 1000000")
        try await store.put(large)
        #expect(try await store.find("bananas") == ["b"])
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func refusesWritesAfterClosing() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.close()
        try await store.close()
        let error = await #expect(throws: RAGError.self) { try await store.put(ConformanceDocument("a", "b")) }
        #expect(error?.code == .overloaded)
    }

    @Test func overwritesWhatWasWithdrawn() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let secret = "xylophonesecret"
        try await fill(store, 20)
        try await store.put(ConformanceDocument("s", "the \(secret) is here", title: secret, metadata: ["m": .string(secret)]))
        _ = try await store.accept([DocumentSource(id: try DocumentID("s"), content: .text(secret, format: nil))], in: .alpha)
        await store.saveIndexes()
        #expect(try folder.holds(secret))
        let proof = try #require(try await store.withdraw(try DocumentID("s"), in: .alpha))
        #expect(proof.text == .count(0) && proof.terms == .count(0) && proof.vectors == .count(0))
        await store.purge()
        #expect(try !folder.holds(secret), "no file holds a withdrawn document's bytes")
        #expect(try await store.find("topic3").count > 0)
        #expect(try await store.verify().faults == [])
        try await store.close()
    }

    @Test func remembersAPurgeThatACrashPrevented() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let metadata: Metadata = ["m": .string("xylophonesecret")]
        try await store.put(ConformanceDocument("s", "text", metadata: metadata))
        try await store.put(ConformanceDocument("t", "text"))
        await store.saveIndexes()
        _ = try await store.withdraw(try DocumentID("s"), in: .alpha)
        let copy = try folder.copy()
        #expect(try copy.holds("xylophonesecret"))
        let recovered = try await copy.store()
        await recovered.purge()
        #expect(try !copy.holds("xylophonesecret"))
        try await recovered.close()
        try await store.close()
    }

    @Test func closingOverwritesWhatWasWithdrawn() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("s", "text", metadata: ["m": .string("xylophonesecret")]))
        try await store.put(ConformanceDocument("t", "text"))
        await store.saveIndexes()
        _ = try await store.withdraw(try DocumentID("s"), in: .alpha)
        try await store.close()
        #expect(try !folder.holds("xylophonesecret"))
    }

    @Test func openingRemovesSnapshotsOfOtherGenerations() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        try await store.put(ConformanceDocument("a", "apples"))
        try await store.close()
        let left = folder.path + "/index/1/99.1"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        try await folder.bareStore().close()
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(!folder.files("manifest").isEmpty, "the snapshot in force stays")
    }

    @Test func idsThatUnicodeCallsEquivalentAreTwoDocuments() async throws {
        let folder = try ScratchDirectory()
        let store = try await folder.store()
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let ids = [try DocumentID(composed), try DocumentID(decomposed)]
        #expect(ids[0] != ids[1])
        #expect(Set(ids).count == 2)
        #expect(ids[1] < ids[0], "ordered by bytes")
        let same = try DocumentID("caf\u{E9}")
        #expect(ids[0] == same)
        #expect(ids[0].hashValue == same.hashValue)
        try await store.put(ConformanceDocument(composed, "apples"))
        try await store.put(ConformanceDocument(decomposed, "apples"))
        await store.mergeNow()
        try await store.close()
        let again = try await folder.store()
        let hits = try await again.search(ConformanceDocument.lexicalRequest("apples", limit: 10), in: .alpha).hits
        #expect(Set(hits.map { Array($0.chunk.document.rawValue.utf8) }).count == 2)
        #expect(try await again.withdraw(ids[0], in: .alpha) != nil)
        #expect(try await again.document(ids[1], history: false, in: .alpha) != nil)
        try await again.close()
    }

    @Test func namesWhoHoldsTheDirectory() async throws {
        let folder = try ScratchDirectory()
        #expect(EmbeddedStore.server(of: folder.path) == nil)
        let store = try folder.bareStore()
        store.advertise(url: "http://127.0.0.1:9999")
        let holder = try #require(EmbeddedStore.server(of: folder.path))
        #expect(holder.processID == ProcessInfo.processInfo.processIdentifier)
        #expect(holder.url == "http://127.0.0.1:9999")
        let error = #expect(throws: RAGError.self) { try folder.bareStore() }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
        try await store.close()
        #expect(EmbeddedStore.server(of: folder.path) == nil)
        try await folder.bareStore().close()
    }
}
