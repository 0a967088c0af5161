// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// What is published is visible to the next call, all of it, in place of what was there; nothing new changes nothing.
    public func runPublishing() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let first = ConformanceDocument("a", "apples grow on trees\n\npears as well", title: "Fruit", metadata: ["lang": .string("en")])
        let one = try await store.publish(try first.publication(), completing: nil, in: scope)
        try require(one.status, equals: .indexed, "a new document is indexed")
        try require(one.revision, equals: 1, "the first revision is 1")
        try require(one.chunks, equals: 2, "a publication's chunks are counted")
        let again = try await store.publish(try first.publication(), completing: nil, in: scope)
        try require(again.status, equals: .unchanged, "the same again is unchanged")
        try require(again.revision, equals: 1, "what is unchanged has no new revision")
        try require(again.chunks, equals: 2, "what is unchanged keeps its chunks")

        var changed = first
        changed.text = "cherries grow on trees"
        let two = try await store.publish(try changed.publication(), completing: nil, in: scope)
        try require(two.status, equals: .indexed, "another text is indexed")
        try require(two.revision, equals: 2, "another text is a new revision")
        let old = try await store.search(ConformanceDocument.lexicalRequest("apples pears"), in: scope)
        try require(old.hits.isEmpty, "a replaced text is not found any more")
        let new = try await store.search(ConformanceDocument.request("cherries"), in: scope)
        try require(new.hits.first?.chunk.revision, equals: 2, "the new text is found by the next search")

        var retitled = changed
        retitled.title = "Trees"
        let three = try await store.publish(try retitled.publication(), completing: nil, in: scope)
        try require(three.status, equals: .updated, "the same text under another title is an update")
        try require(three.revision, equals: 3, "another title is a new revision")
        let record = try unwrap(try await store.document(try DocumentID("a"), history: true, in: scope), "the document is there")
        try require(record.current.title, equals: "Trees", "the newest title is the document's")
        try require(record.revisions.map(\.number), equals: [1, 2, 3], "the history is complete and in order")
        try require(record.chunks, equals: 1, "only the current revision's chunks count")
    }

    /// Another url or other metadata keep text and vectors and count as a revision.
    public func runUpdating() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let id = try DocumentID("a")
        let document = ConformanceDocument("a", "apples grow\n\npears too", metadata: ["year": .number(2020)])
        _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        let outcome = try await store.update(id, url: "https://a.test", metadata: ["year": .number(2021)], completing: nil, in: scope)
        try require(outcome.status, equals: .updated, "other metadata is an update")
        try require(outcome.revision, equals: 2, "other metadata is a new revision")
        try require(outcome.chunks, equals: 2, "an update keeps all chunks")
        let year = Filter.equals(field: "year", .number(2021))
        let hits = try await store.search(ConformanceDocument.request("apples grow", filter: year), in: scope).hits
        try require(hits.count, equals: 2, "an updated document is found by its new metadata")
        try require(hits.allSatisfy { $0.chunk.revision == 2 }, "hits name the new revision")
        let before = Filter.equals(field: "year", .number(2020))
        let stale = try await store.search(ConformanceDocument.request("apples", filter: before), in: scope).hits
        try require(stale.isEmpty, "an updated document is not found by its old metadata")
        let passage = try await store.passages(hits.map(\.chunk), in: scope).first { $0.chunk.ordinal == 0 }
        try require(passage?.text, equals: "apples grow", "an update keeps the text")
        try require(passage?.url, equals: "https://a.test", "an update sets the url")
        let same = try await store.update(id, url: "https://a.test", metadata: ["year": .number(2021)], completing: nil, in: scope)
        try require(same.status, equals: .unchanged, "the same metadata again is unchanged")
        _ = try await store.accept([DocumentSource(id: id, content: .text("older", format: nil))], in: scope)
        let later = try await store.update(id, url: "https://a.test", metadata: ["year": .number(2021)], completing: nil, in: scope)
        try require(later.status, equals: .unchanged, "what changes nothing is unchanged whatever waits")
        try require(try await store.lease(10, for: .seconds(60)).isEmpty, "what was accepted before does not come after it")
        do {
            _ = try await store.update(try DocumentID("b"), url: nil, metadata: [:], completing: nil, in: scope)
            throw ConformanceFailure("an update of a document that does not exist is refused")
        } catch let error as RAGError {
            try require(error.code, equals: .notFound, "an update of a document that does not exist is 'not_found'")
        }
    }

    /// A withdrawn document cannot be reached by anything, and the proof says so.
    public func runWithdrawing() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let id = try DocumentID("a")
        let nothing = try await store.withdraw(id, in: scope)
        try require(nothing == nil, "withdrawing what does not exist gives nothing")
        _ = try await store.publish(try ConformanceDocument("a", "secret one\n\nsecret two").publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("a", "secret three").publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("b", "public").publication(), completing: nil, in: scope)
        let hits = try await store.search(ConformanceDocument.request("secret"), in: scope).hits
        let job = try await store.accept([DocumentSource(id: id, content: .text("secret four", format: nil))], in: scope)
        let proof = try unwrap(try await store.withdraw(id, in: scope), "withdrawing a document gives a proof")
        try require(proof.revisions, equals: 2, "the proof counts the revisions that were")
        try require(proof.chunks, equals: 1, "the proof counts the chunks that were")
        for remaining in [proof.text, proof.vectors, proof.terms] {
            try require(remaining, equals: .count(0), "nothing of a withdrawn document remains")
        }
        try require(try await store.document(id, history: true, in: scope) == nil, "a withdrawn document is gone")
        try require(try await store.text(of: id, revision: 1, in: scope) == nil, "the old revisions' texts are gone too")
        let found = try await store.search(ConformanceDocument.request("secret"), in: scope).hits
        try require(!found.contains { $0.chunk.document == id }, "a withdrawn document is not found")
        try require(try await store.passages(hits.map(\.chunk), in: scope).allSatisfy { $0.chunk.document != id }, "its passages are gone")
        let record = try unwrap(try await store.job(job, in: scope), "the job is remembered")
        try require(record.failures.map(\.reason), equals: ["withdrawn"], "waiting work on a withdrawn document ends")
        try require(try await store.lease(10, for: .seconds(60)).isEmpty, "nobody gets work on a withdrawn document")
        let anew = try await store.publish(try ConformanceDocument("a", "harmless").publication(), completing: nil, in: scope)
        try require(anew.status, equals: .indexed, "the id can be used again")
    }

    /// Texts and passages are the bytes that were published.
    public func runReading() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let long = String(repeating: "žluťoučký kůň 漢字 🐎 ", count: 2_000)
        let document = ConformanceDocument("a", "naïve café\n\n" + long + "\n\nthe end", title: "T", metadata: ["n": .list([.number(1)])])
        _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        _ = try await store.publish(try ConformanceDocument("a", "second").publication(), completing: nil, in: scope)
        let id = try DocumentID("a")
        let first = try unwrap(try await store.text(of: id, revision: 1, in: scope), "an old revision's text can be read")
        try require(first.text == document.text, "a stored text is the published one")
        try require(first.revision.hash, equals: SHA256Digest.contentHash(of: document.text), "the hash is the published one")
        try require(first.revision.metadata, equals: document.metadata, "old metadata can be read")
        try require(first.revision.length, equals: document.text.utf8.count, "the length is in bytes")
        try require(try await store.text(of: id, revision: nil, in: scope)?.text, equals: "second", "no number means the current one")
        try require(try await store.text(of: id, revision: 3, in: scope) == nil, "there is no third revision")

        var copy = document
        copy.id = "b"
        _ = try await store.publish(try copy.publication(), completing: nil, in: scope)
        let references = [2, 7, 0, 1].map { ChunkReference(document: DocumentID(stored: "b"), revision: 1, ordinal: $0) }
        let passages = try await store.passages(references, in: scope)
        try require(passages.map(\.chunk.ordinal), equals: [2, 0, 1], "passages come in the order asked, without those that are gone")
        for passage in passages {
            let expected = copy.text.bytes(in: passage.range).map(String.init)
            try require(passage.text == expected, "a passage is its range of the text")
            try require(passage.title, equals: "T", "a passage has its document's title")
        }
        let report = try await store.verify()
        try require(report.faults, equals: [], "a sound store verifies")
    }

    /// Lists go by id, page by page, prefix by prefix.
    public func runListing() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let ids = ["a/1", "a/2", "a/é", "a/漢", "a0", "b", "z", "Ω", "a"]
        for id in ids { _ = try await store.publish(try ConformanceDocument(id, "text").publication(), completing: nil, in: scope) }
        let sorted = ids.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        var listed: [String] = []
        var after: DocumentID?
        repeat {
            let page = try await store.documents(after: after, prefix: nil, limit: 2, in: scope)
            try require(page.documents.count <= 2, "a page keeps its limit")
            listed += page.documents.map(\.current.document.rawValue)
            after = page.next
        } while after != nil
        try require(listed, equals: sorted, "pages are in order of the ids' bytes, complete and without repetition")
        let folder = try await store.documents(after: nil, prefix: "a/", limit: 100, in: scope)
        try require(
            folder.documents.map(\.current.document.rawValue),
            equals: sorted.filter { $0.hasPrefix("a/") },
            "a prefix leaves the others out"
        )
        let none = try await store.documents(after: nil, prefix: "nothing", limit: 100, in: scope)
        try require(none.documents.isEmpty && none.next == nil, "a prefix of nothing gives an empty page")
        let held = try await store.statistics(in: scope)
        try require(held.documents, equals: ids.count, "statistics count documents")
        try require(held.chunks, equals: ids.count, "statistics count chunks")
    }
}
