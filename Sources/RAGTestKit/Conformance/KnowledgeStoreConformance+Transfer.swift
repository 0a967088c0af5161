// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// A document moves from one store to another with everything that is known of it, and ends there as it was.
    public func runTransfer() async throws {
        let source = try await transferable()
        let target = try await transferable()
        let scope = TenantScope.conformance
        let id = try DocumentID("a")
        try require(try await source.generation(), equals: ConformanceDocument.generation, "a store says which generation it serves")
        try require(try await source.tenants().isEmpty, "a store without documents lists no tenant")
        try await fill(source)
        try require(try await source.tenants(), equals: [scope, .other], "tenants with documents are listed by name")
        try require(
            try await source.documentIDs(after: nil, limit: 10, in: scope).map(\.rawValue),
            equals: ["a", "b"],
            "ids are listed in order"
        )
        try require(
            try await source.documentIDs(after: id, limit: 1, in: scope).map(\.rawValue),
            equals: ["b"],
            "a page begins after an id"
        )
        try require(try await source.archive(of: id, in: .other) == nil, "another tenant's document cannot be carried out")

        let archive = try unwrap(try await source.archive(of: id, in: scope), "a document can be carried out")
        try require(archive.entries.map(\.revision.number), equals: [1, 2, 3], "an archive has all revisions, oldest first")
        try require(archive.entries.map(\.text), equals: [Self.first.text, Self.second.text, Self.second.text], "and their texts")
        try require(
            archive.chunks,
            equals: Self.headed(try Self.second.publication()).chunks,
            "and the current chunks with their headings and pages"
        )
        try require(archive.vectors, equals: try Self.second.publication().vectors, "and their vectors")
        try await target.adopt(archive, in: scope)
        let arrived = try unwrap(try await target.archive(of: id, in: scope), "what was carried in is there")
        try require(arrived.canonicalBytes == archive.canonicalBytes, "what was carried in is the same to the last bit")
        try require(arrived.chunks, equals: archive.chunks, "with the pages of its chunks")
        let found = try await target.search(ConformanceDocument.request("cherries"), in: scope)
        try require(found.hits.first?.chunk, equals: ChunkReference(document: id, revision: 3, ordinal: 0), "and is found")
        let passages = try await target.passages(found.hits.map(\.chunk).filter { $0.document == id }, in: scope)
        try require(passages.allSatisfy { $0.page == 7 + $0.chunk.ordinal } && !passages.isEmpty, "a passage has its chunk's page")
        let record = try unwrap(try await target.document(id, history: true, in: scope), "its record can be read")
        try require(record, equals: try await source.document(id, history: true, in: scope) ?? record, "its history is complete")
        try require(try await target.text(of: id, revision: 1, in: scope)?.text, equals: Self.first.text, "old texts can be read")

        let before = try await target.sequence(in: scope)
        try await target.adopt(archive, in: scope)
        try require(try await target.sequence(in: scope), equals: before, "carrying in the same again changes nothing")
        try await runReplacing(source, target, archive)
    }

    /// What was there before goes, whether it was older or newer; what cannot be right is refused.
    private func runReplacing(
        _ source: any TransferableStore & IngestLog,
        _ target: any TransferableStore & IngestLog,
        _ archive: DocumentArchive
    ) async throws {
        let scope = TenantScope.conformance
        let id = try DocumentID("a")
        _ = try await target.publish(try ConformanceDocument("a", "damsons").publication(), completing: nil, in: scope)
        try await target.adopt(archive, in: scope)
        try require(try await target.archive(of: id, in: scope)?.canonicalBytes == archive.canonicalBytes, "another state is replaced")
        let old = try await target.search(ConformanceDocument.lexicalRequest("damsons"), in: scope)
        try require(old.hits.isEmpty, "what was replaced is not found any more")
        try require(try await target.text(of: id, revision: 4, in: scope) == nil, "a revision that the archive has not is gone")
        _ = try await source.publish(try ConformanceDocument("a", "elderberries").publication(), completing: nil, in: scope)
        let newer = try unwrap(try await source.archive(of: id, in: scope), "a newer state can be carried out")
        try await target.adopt(newer, in: scope)
        try require(try await target.archive(of: id, in: scope)?.canonicalBytes == newer.canonicalBytes, "a newer state is carried in")
        try require(try await target.verify().faults, equals: [], "the store is sound afterwards")

        var foreign = archive
        foreign.generation += "x"
        try await refuse(foreign, .incompatible, "of another generation", target)
        var damaged = archive
        damaged.entries[0].text += "x"
        try await refuse(damaged, .corrupt, "whose text does not fit its hash", target)
        try require(try await target.archive(of: id, in: scope)?.canonicalBytes == newer.canonicalBytes, "what is refused changes nothing")
    }

    private func refuse(_ archive: DocumentArchive, _ code: RAGError.Code, _ what: String, _ store: any TransferableStore) async throws {
        do {
            try await store.adopt(archive, in: .conformance)
            throw ConformanceFailure("an archive \(what) is refused")
        } catch let error as RAGError {
            try require(error.code, equals: code, "an archive \(what) is '\(code)'")
        }
    }

    private static let first = ConformanceDocument("a", "apples\n\npears", title: "Fruit", metadata: ["n": .number(0.1)])
    private static let second = ConformanceDocument(
        "a",
        "cherries grow on trees: \u{65}\u{301}\n\nplums as well",
        title: "Fr\u{E9}sh fruit",
        url: "https://a.test/?q=1",
        metadata: ["tags": .list([.string("x"), .number(-2.5), .boolean(true)]), "\u{E9}": .string("\u{65}\u{301}")]
    )

    /// The publication with headings above its chunks and with pages.
    private static func headed(_ publication: Publication) -> Publication {
        var publication = publication
        for position in publication.chunks.indices {
            publication.chunks[position].headingPath = ["Garden", "Trees \(position)"]
            publication.chunks[position].page = 7 + position
        }
        return publication
    }

    private func fill(_ store: any TransferableStore) async throws {
        let scope = TenantScope.conformance
        _ = try await store.publish(Self.headed(try Self.first.publication()), completing: nil, in: scope)
        _ = try await store.publish(Self.headed(try Self.second.publication()), completing: nil, in: scope)
        _ = try await store.update(try DocumentID("a"), url: nil, metadata: ["n": .number(3)], completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("b", "grapes").publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("c", "lemons").publication(), completing: nil, in: .other)
    }

    private func transferable() async throws -> any TransferableStore & IngestLog {
        try unwrap(try await prepared() as? any TransferableStore & IngestLog, "documents can be carried out of a store and into it")
    }
}
