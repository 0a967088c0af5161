// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGPipeline
import RAGTestKit
import Synchronization
import Testing

@Suite struct MigrationTests {
    private let source = InMemoryKnowledgeStore()
    private let target = InMemoryKnowledgeStore()
    private let scopes = [TenantScope(authenticated: "alpha"), TenantScope(authenticated: "beta")]

    init() async throws { try await source.prepare(ConformanceDocument.generation) }

    private func put(_ id: String, _ text: String, in scope: TenantScope, _ store: InMemoryKnowledgeStore? = nil) async throws {
        let document = ConformanceDocument(id, text, title: "T", metadata: ["n": .number(1)])
        _ = try await (store ?? source).publish(try document.publication(), completing: nil, in: scope)
    }

    private func fill(_ count: Int) async throws {
        for number in 0..<count { try await put("d\(number)", "apple \(number)\n\npear \(number)", in: scopes[number % 2]) }
    }

    @Test func everythingIsCarriedAndProved() async throws {
        try await fill(50)
        try await put("d4", "changed", in: scopes[0])
        let seen = Mutex<[Migration.Progress]>([])
        let migration = Migration(from: source, to: target, settings: .init(pageSize: 7))
        let report = try await migration.run { progress in seen.withLock { $0.append(progress) } }
        #expect(report.documents == 50 && report.copied == 50 && report.tenants == 2 && report.withdrawn == 0)
        #expect(report.source == report.destination)
        #expect(seen.withLock { $0.last?.phase } == .verifying)
        #expect(seen.withLock { $0.last?.documents } == 50)
        let record = try await target.document(try DocumentID("d4"), history: true, in: scopes[0])
        #expect(record?.revisions.count == 2)
        let again = try await migration.run()
        #expect(again.copied == 0 && again.source == report.source, "what agrees is not carried again")
    }

    @Test func theDigestOfAStoreSaysWhatItHolds() async throws {
        try await fill(10)
        let first = try await Migration(from: source, to: InMemoryKnowledgeStore()).run().source
        let other = InMemoryKnowledgeStore()
        try await other.prepare(ConformanceDocument.generation)
        for number in (0..<10).reversed() {
            try await put("d\(number)", "apple \(number)\n\npear \(number)", in: scopes[number % 2], other)
        }
        let second = try await Migration(from: other, to: InMemoryKnowledgeStore()).run().source
        #expect(first == second, "the order of publishing makes no difference")
        try await put("d3", "apple 3\n\npear 4", in: scopes[1])
        #expect(try await Migration(from: source, to: InMemoryKnowledgeStore()).run().source != first)
        #expect(first.description.hasPrefix("sha256:") && first.description.utf8.count == 71)
    }

    @Test func whatWasInterruptedGoesOnWhereItStopped() async throws {
        try await fill(40)
        let failing = FailingArchives(inner: source, failAfter: 15)
        await #expect(throws: RAGError.self) { try await Migration(from: failing, to: target, settings: .init(pageSize: 8)).run() }
        let half = try await target.statistics(in: nil).documents
        #expect(half >= 1 && half < 40)
        let report = try await Migration(from: source, to: target).run()
        #expect(report.documents == 40 && report.copied == 40 - half)
    }

    @Test func aSourceThatChangesMeanwhileIsCaughtUpWith() async throws {
        try await fill(30)
        let (source, scope) = (source, scopes[0])
        let changed = Mutex(false)
        let changing = FailingArchives(inner: source) {
            guard
                changed.withLock({ flag in
                    defer { flag = true }
                    return !flag
                })
            else { return }
            let late = try ConformanceDocument("d0", "late apples").publication()
            _ = try await source.publish(late, completing: nil, in: scope)
            _ = try await source.publish(try ConformanceDocument("new", "new apples").publication(), completing: nil, in: scope)
        }
        do {
            _ = try await Migration(from: changing, to: target).run()
            Issue.record("what changed after it was carried is a difference")
        } catch {
            #expect(error.code == .conflict)
            #expect(error.message.contains("alpha/d0 (not the same)") && error.message.contains("alpha/new (missing in the destination)"))
        }
        let report = try await Migration(from: source, to: target).run()
        #expect(report.documents == 31 && report.copied == 2)
    }

    @Test func whatOnlyTheDestinationHasIsADifferenceUnlessItMirrors() async throws {
        try await fill(6)
        _ = try await Migration(from: source, to: target).run()
        _ = try await source.withdraw(try DocumentID("d2"), in: scopes[0])
        let gamma = TenantScope(authenticated: "gamma")
        try await put("extra", "figs", in: gamma, target)
        do {
            _ = try await Migration(from: source, to: target).run()
            Issue.record("surplus documents are a difference")
        } catch {
            #expect(error.code == .conflict)
            #expect(error.message.contains("alpha/d2 (only in the destination), gamma/extra (only in the destination)"))
        }
        let report = try await Migration(from: source, to: target, settings: .init(mirrors: true)).run()
        #expect(report.withdrawn == 2 && report.copied == 0 && report.documents == 5 && report.tenants == 2)
        #expect(try await target.tenants().map(\.tenant) == ["alpha", "beta"])
    }

    @Test func aDestinationOfAnotherGenerationIsLeftAlone() async throws {
        try await fill(2)
        var other = ConformanceDocument.generation
        other.chunking = "words/2"
        try await target.prepare(other)
        var publication = try ConformanceDocument("x", "y").publication()
        publication.generation = other
        _ = try await target.publish(publication, completing: nil, in: scopes[0])
        await #expect(throws: RAGError.self) { try await Migration(from: source, to: target).run() }
        #expect(try await target.statistics(in: nil).documents == 1)
        await #expect(throws: RAGError.self) { try await Migration(from: InMemoryKnowledgeStore(), to: target).run() }
    }

    @Test func everyFieldCountsInADocumentsDigest() throws {
        let document = ConformanceDocument("a", "apples\n\npears", title: "T", url: "u", metadata: ["n": .number(1), "b": .boolean(true)])
        let publication = try document.publication()
        let revision = Revision(
            document: publication.document,
            number: 1,
            hash: publication.hash,
            createdAt: 1,
            title: "T",
            url: "u",
            metadata: publication.metadata,
            format: .plain,
            length: 13
        )
        let archive = DocumentArchive(
            entries: [.init(revision: revision, text: publication.text)],
            generation: "g",
            chunks: publication.chunks,
            vectors: publication.vectors
        )
        let changes: [(inout DocumentArchive) throws -> Void] = [
            { $0.generation = "h" }, { $0.entries.append($0.entries[0]) }, { $0.entries[0].revision.number = 2 },
            { $0.entries[0].revision.hash = ContentHash(rawValue: "x") }, { $0.entries[0].revision.createdAt = 1.0.nextUp },
            { $0.entries[0].revision.title = nil }, { $0.entries[0].revision.title = "" }, { $0.entries[0].revision.url = "v" },
            { $0.entries[0].revision.metadata["n"] = .string("1") }, { $0.entries[0].revision.metadata["b"] = nil },
            { $0.entries[0].revision.metadata["n"] = .list([.number(1)]) }, { $0.entries[0].revision.format = .markdown },
            { $0.entries[0].revision.length = 14 }, { $0.entries[0].text += "x" }, { $0.entries[0].revision.title = "T\u{301}" },
            { $0.chunks[1].ordinal = 2 }, { $0.chunks[0].range = 0..<5 }, { $0.chunks[0].headingPath = [""] },
            { $0.chunks.removeLast() },
            { archive in
                var values = archive.vectors.values
                values[3] = values[3].nextUp
                archive.vectors = try EmbeddingMatrix(dimension: archive.vectors.dimension, values: values)
            },
        ]
        var digests: Set<ArchiveDigest> = [ArchiveDigest(of: archive)]
        for change in changes {
            var other = archive
            try change(&other)
            digests.insert(ArchiveDigest(of: other))
        }
        #expect(digests.count == changes.count + 1)
        var composed = archive
        var decomposed = archive
        composed.entries[0].revision.title = "\u{E9}"
        decomposed.entries[0].revision.title = "e\u{301}"
        #expect(ArchiveDigest(of: composed) != ArchiveDigest(of: decomposed), "bytes count, not what they look like")
    }

    @Test func theDigestIsOverTheDocumentedBytes() throws {
        // Computed apart from this program, from the description of the bytes.
        let expected = "sha256:dd233ecb2df32bc51c75dc6a8d566817fddbe6988ddbca1face1870d11ffd338"
        let text = "apples\n\npears"
        let revision = Revision(
            document: try DocumentID("a"),
            number: 1,
            hash: ContentHash(of: text),
            createdAt: 1.5,
            title: "T",
            url: nil,
            metadata: ["n": .number(-0.0), "b": .list([.boolean(true), .string("x")])],
            format: .plain,
            length: 13
        )
        let archive = DocumentArchive(
            entries: [.init(revision: revision, text: text)],
            generation: "g",
            chunks: [Chunk(ordinal: 0, range: 0..<6, headingPath: ["H"]), Chunk(ordinal: 1, range: 8..<13)],
            vectors: try EmbeddingMatrix(dimension: 2, values: [1, 0, 0.5, -0.5])
        )
        #expect(ArchiveDigest(of: archive).description == expected)
    }
}

/// Archives that fail, or do something in between, while they are read.
private final class FailingArchives: DocumentArchives {
    private let inner: InMemoryKnowledgeStore
    private let left: Mutex<Int>
    private let afterFirst: @Sendable () async throws -> Void

    init(inner: InMemoryKnowledgeStore, failAfter: Int = .max, afterFirst: @escaping @Sendable () async throws -> Void = {}) {
        self.inner = inner
        left = Mutex(failAfter)
        self.afterFirst = afterFirst
    }

    func generation() async throws(RAGError) -> Generation? { try await inner.generation() }
    func tenants() async throws(RAGError) -> [TenantScope] { try await inner.tenants() }

    func documentIDs(after: DocumentID?, limit: Int, in scope: TenantScope) async throws(RAGError) -> [DocumentID] {
        try await inner.documentIDs(after: after, limit: limit, in: scope)
    }

    func archive(of id: DocumentID, in scope: TenantScope) async throws(RAGError) -> DocumentArchive? {
        let isOver = left.withLock { left in
            left -= 1
            return left < 0
        }
        if isOver { throw RAGError(.unavailable, "the source went away") }
        let archive = try await inner.archive(of: id, in: scope)
        do { try await afterFirst() } catch { throw RAGError.wrapping(error) }
        return archive
    }
}
