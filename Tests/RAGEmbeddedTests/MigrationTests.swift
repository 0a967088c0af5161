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

@Suite struct MigrationTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// A database as the release wrote it, as SQL.
    private func restore(_ name: String, into folder: ScratchDirectory) throws {
        let dump = try String(contentsOf: Self.fixtures.appendingPathComponent(name), encoding: .utf8)
        let queue = try DatabaseQueue(path: folder.path + "/" + EmbeddedStore.fileName)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: dump)
        }
        try queue.close()
    }

    @Test func opensAStoreOfSchemaVersion1() async throws {
        let folder = try ScratchDirectory()
        try restore("schema-v1.sql", into: folder)
        let store = try await folder.store()
        #expect(try await store.verify() == VerificationReport(documents: 2, chunks: 3, faults: []))
        let record = try #require(try await store.document(try DocumentID("fruit"), history: true, in: .alpha))
        #expect(record.revisions.map(\.number) == [1, 2])
        #expect(record.current.metadata == ["lang": .string("en"), "tags": .list([.string("a"), .number(1)])])
        #expect(try await store.text(of: try DocumentID("fruit"), revision: 1, in: .alpha)?.text == "apples grow on trees")
        #expect(try await store.find("cherries") == ["fruit"])
        #expect(try await store.find("apples") == [])
        #expect(try await store.find("zebra", in: .beta) == ["animals"])
        let work = try await store.lease(5, for: .seconds(60))
        #expect(work.map(\.source.id.rawValue) == ["waiting"])
        #expect(work.map(\.lease.attempt) == [2])
        try await store.close()
    }

    @Test func refusesAStoreOfANewerVersion() async throws {
        let folder = try ScratchDirectory()
        try await folder.store().close()
        let queue = try DatabaseQueue(path: folder.path + "/" + EmbeddedStore.fileName)
        try await queue.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99')")
        }
        try queue.close()
        let error = #expect(throws: RAGError.self) { try folder.bareStore() }
        #expect(error?.code == .incompatible)
    }

    @Test func namesAFileThatIsNotADatabase() throws {
        let folder = try ScratchDirectory()
        let garbage = Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        try garbage.write(to: URL(fileURLWithPath: folder.path + "/" + EmbeddedStore.fileName))
        let error = #expect(throws: RAGError.self) { try folder.bareStore() }
        #expect(error?.code == .corrupt)
    }

    /// Writes the fixture of the current schema; run by hand when a schema is released.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["GROUNDED_WRITE_FIXTURE"] != nil))
    func writesAFixture() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["GROUNDED_WRITE_FIXTURE"])
        let store = try EmbeddedStore(EmbeddedStore.Settings(directory: path))
        try await store.prepare(ConformanceDocument.generation)
        try await store.put(ConformanceDocument("fruit", "apples grow on trees"))
        let metadata: Metadata = ["lang": .string("en"), "tags": .list([.string("a"), .number(1)])]
        try await store.put(ConformanceDocument("fruit", "cherries do\n\ntoo", title: "Fruit", url: "u", metadata: metadata))
        try await store.put(ConformanceDocument("animals", "a zebra has stripes"), in: .beta)
        let waiting = DocumentSource(id: try DocumentID("waiting"), content: .text("text", format: nil))
        _ = try await store.accept([waiting], in: .beta)
        _ = try await store.lease(1, for: .seconds(60))
        try await store.close()
    }
}
