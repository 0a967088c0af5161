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
import Synchronization
import Testing

@Suite struct BackupTests {
    private let folder: ScratchDirectory
    private let place: ScratchDirectory

    init() throws {
        folder = try ScratchDirectory()
        place = try ScratchDirectory()
    }

    private var file: String { place.path + "/store.backup" }

    private func filled() async throws -> EmbeddedStore {
        let store = try await folder.store()
        for number in 0..<20 {
            try await store.put(
                ConformanceDocument("d\(number)", "word\(number) apples\n\npears", metadata: ["n": .number(Double(number))])
            )
        }
        try await store.put(ConformanceDocument("d3", "changed apples"))
        _ = try await store.withdraw(try DocumentID("d4"), in: .alpha)
        _ = try await store.accept([DocumentSource(id: try DocumentID("waits"), content: .text("plums", format: nil))], in: .beta)
        return store
    }

    @Test func aBackupOfAServedStoreRestoresToTheSame() async throws {
        let store = try await filled()
        let manifest = try await Backup.write(folder.path, to: file, program: "1.2.3")
        #expect(manifest.documents == 19 && manifest.waiting == 1 && manifest.program == "1.2.3")
        #expect(manifest.generation == ConformanceDocument.generation.identifier)
        #expect(try await Backup.verify(file) == manifest)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["store.backup"])
        try await store.put(ConformanceDocument("late", "late"))

        let target = place.path + "/data"
        #expect(try await Backup.restore(file, to: target) == manifest)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["grounded.sqlite"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["data", "store.backup"])
        let restored = try EmbeddedStore(.init(directory: target))
        try await restored.prepare(ConformanceDocument.generation)
        #expect(try await restored.find("late").isEmpty)
        for id in try await restored.documentIDs(after: nil, limit: 100, in: .alpha) {
            #expect(try await restored.archive(of: id, in: .alpha) == store.archive(of: id, in: .alpha))
        }
        #expect(try await restored.lease(5, for: .seconds(60)).map(\.source.id.rawValue) == ["waits"], "accepted work is in the backup")
        #expect(try await restored.verify().faults == [])
        #expect(try await restored.durability() == .init(synchronous: 2, secureDelete: 1, foreignKeys: 1, journal: "wal"))
        try await restored.close()
        try await store.close()
        let second = try await Backup.write(folder.path, to: place.path + "/closed", program: "1")
        #expect(second.documents == 20, "a store that nobody serves can be backed up, too")
    }

    @Test func aBackupTakenWhileEverythingIsWrittenIsOfOneMoment() async throws {
        let store = try await folder.store()
        let acknowledged = Mutex(0)
        let writer = Task {
            var number = 0
            while !Task.isCancelled {
                try await store.put(ConformanceDocument("d\(number)", "apples \(number)"))
                number += 1
                acknowledged.withLock { $0 = number }
            }
        }
        for round in 0..<3 {
            try await Task.sleep(for: .milliseconds(50))
            let before = acknowledged.withLock { $0 }
            let manifest = try await Backup.write(folder.path, to: file, program: "1", replacing: round > 0)
            #expect(manifest.documents >= before)
            let target = place.path + "/data\(round)"
            _ = try await Backup.restore(file, to: target)
            let restored = try EmbeddedArchive(reading: target)
            let ids = try await restored.documentIDs(after: nil, limit: 100_000, in: .alpha)
            #expect(ids.count == manifest.documents)
            #expect(Set(ids.map(\.rawValue)).isSuperset(of: (0..<before).map { "d\($0)" }))
            try restored.close()
        }
        writer.cancel()
        _ = try? await writer.value
        try await store.close()
    }

    @Test func anythingDamagedIsRefusedBeforeAnythingIsMade() async throws {
        let store = try await filled()
        _ = try await Backup.write(folder.path, to: file, program: "1")
        try await store.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var damages: [(String, Data)] = (0..<50).map { _ in
            var bytes = whole
            let (place, bit) = (Int.random(in: 0..<bytes.count, using: &generator), Int.random(in: 0..<8, using: &generator))
            bytes[place] ^= 1 << bit
            return ("bit \(bit) of byte \(place) flipped, seed \(seed)", bytes)
        }
        // The head, bit by bit: lengths that lie must not be believed.
        for bit in 0..<(24 * 8) {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            damages.append(("bit \(bit) of the head flipped", bytes))
        }
        for length in [0, 1, 15, 16, 24, 100, whole.count / 2, whole.count - 33, whole.count - 1] {
            damages.append(("cut to \(length) bytes", whole.prefix(length)))
        }
        damages.append(("a byte longer", whole + [0]))
        damages.append(("twice", whole + whole))
        let bad = place.path + "/bad"
        let target = place.path + "/data"
        for (what, bytes) in damages {
            try bytes.write(to: URL(fileURLWithPath: bad))
            do {
                _ = try await Backup.restore(bad, to: target)
                Issue.record("restored with \(what)")
            } catch {
                #expect(error.code == .corrupt || error.code == .incompatible, "\(what): \(error)")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["bad", "store.backup"])
    }

    @Test func aBackupWhoseManifestLiesIsRefused() async throws {
        let store = try await filled()
        let manifest = try await Backup.write(folder.path, to: file, program: "1")
        try await store.close()
        // A sound checksum over another digest.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let place = try #require(bytes.range(of: Data(manifest.digest.utf8)))
        bytes.replaceSubrange(place, with: Data(("sha256:" + String(repeating: "0", count: 64)).utf8))
        bytes.removeLast(32)
        bytes.append(contentsOf: SHA256Digest.digest(of: Array(bytes)))
        let lying = self.place.path + "/lying"
        try bytes.write(to: URL(fileURLWithPath: lying))
        #expect(try await Backup.verify(lying).digest.hasSuffix("0000"))
        await #expect(throws: RAGError.self) { try await Backup.restore(lying, to: self.place.path + "/data") }
        #expect(!FileManager.default.fileExists(atPath: self.place.path + "/data"))
    }

    @Test func nothingThatIsThereIsOverwritten() async throws {
        let store = try await filled()
        _ = try await Backup.write(folder.path, to: file, program: "1")
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        try await store.put(ConformanceDocument("more", "more"))
        await #expect(throws: RAGError.self) { try await Backup.write(folder.path, to: file, program: "1") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
        _ = try await Backup.write(folder.path, to: file, program: "1", replacing: true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) != before)
        try await store.close()

        let files = FileManager.default
        let (full, empty, link) = (place.path + "/full", place.path + "/empty", place.path + "/link")
        try files.createDirectory(atPath: full, withIntermediateDirectories: false)
        try files.createDirectory(atPath: empty, withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: full + "/x"))
        try files.createSymbolicLink(atPath: link, withDestinationPath: empty)
        for target in [full, link, file] {
            do {
                _ = try await Backup.restore(file, to: target)
                Issue.record("restored over \(target)")
            } catch {
                #expect(error.code == .conflict)
            }
        }
        #expect(try files.contentsOfDirectory(atPath: full) == ["x"])
        _ = try await Backup.restore(file, to: empty)
        #expect(try files.contentsOfDirectory(atPath: empty) == ["grounded.sqlite"])
        await #expect(throws: RAGError.self) { try await Backup.restore(file, to: empty) }
        await #expect(throws: RAGError.self) { try await Backup.write(place.path + "/nowhere", to: file + "2", program: "1") }
        #expect(!files.fileExists(atPath: file + "2"))
    }

    @Test func whatAKilledBackupLeftIsRemovedByTheNext() async throws {
        let store = try await filled()
        let left = place.path + "/.store.backup.backup-dead"
        let other = place.path + "/.other.backup-dead"
        for folder in [left, other] { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false) }
        try Data("x".utf8).write(to: URL(fileURLWithPath: left + "/copy.sqlite"))
        _ = try await Backup.write(folder.path, to: file, program: "1")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == [".other.backup-dead", "store.backup"])
        try await store.close()
    }

    @Test func archivesAreReadBesideAServer() async throws {
        let store = try await filled()
        let archive = try EmbeddedArchive(reading: folder.path)
        #expect(try await archive.generation() == ConformanceDocument.generation)
        #expect(try await archive.tenants() == [.alpha])
        #expect(try await archive.depth() == 1)
        let ids = try await archive.documentIDs(after: try DocumentID("d3"), limit: 2, in: .alpha)
        #expect(ids.map(\.rawValue) == ["d5", "d6"])
        let id = try DocumentID("d3")
        #expect(try await archive.archive(of: id, in: .alpha) == store.archive(of: id, in: .alpha))
        try await store.put(ConformanceDocument("d3", "changed again"))
        #expect(try await archive.archive(of: id, in: .alpha)?.entries.count == 3)
        try archive.close()
        try await store.put(ConformanceDocument("d3", "and again"))
        try await store.close()
        #expect(throws: RAGError.self) { try EmbeddedArchive(reading: place.path) }
    }
}
