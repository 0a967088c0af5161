// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// Each search finds what it should, and every hit has the scores of all searches that ran.
    public func runSearching() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let empty = try await store.search(ConformanceDocument.request("anything"), in: scope)
        try require(empty.hits.isEmpty, "an empty store finds nothing")
        let texts = [
            "zebra": "zebras have stripes and live in herds",
            "horse": "horses are kept in stables and fed with hay",
            "stars": "a telescope shows craters on the moon",
        ]
        for (id, text) in texts { _ = try await store.publish(try ConformanceDocument(id, text).publication(), completing: nil, in: scope) }
        let both = try await store.search(ConformanceDocument.request("zebras have stripes", limit: 3), in: scope)
        try require(both.hits.allSatisfy { $0.dense != nil && $0.lexical != nil }, "hybrid hits have both scores")
        let best = both.hits.max { ($0.dense ?? 0) < ($1.dense ?? 0) }
        try require(best?.chunk.document.rawValue, equals: "zebra", "the nearest vector wins the dense search")
        try require(Set(both.hits.map(\.chunk)).count, equals: both.hits.count, "no hit comes twice")
        let lexical = try await store.search(ConformanceDocument.lexicalRequest("telescope"), in: scope)
        try require(lexical.hits.map(\.chunk.document.rawValue), equals: ["stars"], "the lexical search finds what has the word")
        try require(lexical.hits.allSatisfy { $0.dense == nil }, "what did not run has no score")
        try require((lexical.termCoverage ?? 0) > 0.99, "a question whose words all occur is covered")
        let foreign = try await store.search(ConformanceDocument.lexicalRequest("submarine periscope"), in: scope)
        try require(foreign.hits.isEmpty, "unknown words find nothing")
        try require((foreign.termCoverage ?? 1) < 0.01, "a question of unknown words is not covered")
        let ceiling = try unwrap(lexical.lexicalCeiling, "a lexical search says what no score reaches")
        try require(lexical.hits.allSatisfy { ($0.lexical ?? 0) <= ceiling } && ceiling.isFinite, "no score is above the ceiling")
        let one = try await store.search(ConformanceDocument.request("in", limit: 1), in: scope)
        try require(one.hits.count <= 2, "the limit holds for each kind of hit")
        do {
            let wrong = SearchRequest(vector: [1, 0, 0], limit: 1, deadline: .after(.seconds(5)))
            _ = try await store.search(wrong, in: scope)
            throw ConformanceFailure("a vector of another dimension is refused")
        } catch let error as RAGError {
            try require(error.code, equals: .incompatible, "a vector of another dimension is 'incompatible'")
        }
    }

    /// Filters let through exactly what `Filter.matches` lets through: every form once, then random ones.
    public func runFilters(seed: UInt64 = .random(in: 0..<1 << 32)) async throws {
        try await runRandomFilters(cases: 150, seed: seed)
        let store = try await prepared()
        let scope = TenantScope.conformance
        var all: [String: Metadata] = [:]
        for number in 0..<40 {
            var metadata: Metadata = ["n": .number(Double(number)), "even": .boolean(number % 2 == 0)]
            if number % 3 == 0 { metadata["tags"] = .list([.string("three"), .number(Double(number % 5))]) }
            if number % 4 == 0 { metadata["day"] = .string("2024-01-\(number < 10 ? "0" : "")\(number)") }
            all["d\(number)"] = metadata
            let document = ConformanceDocument("d\(number)", "shared words number \(number)", metadata: metadata)
            _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        }
        let filters: [Filter] = [
            .equals(field: "n", .number(7)), .equals(field: "even", .boolean(true)), .equals(field: "tags", .string("three")),
            .equals(field: "n", .string("7")), .anyOf(field: "n", [.number(1), .number(99), .number(3)]),
            .range(field: "n", FilterBounds(greaterThan: .number(10), lessOrEqual: .number(20))),
            .range(field: "day", FilterBounds(greaterOrEqual: .string("2024-01-08"))), .exists(field: "tags"),
            .not(.exists(field: "tags")), .all([.equals(field: "even", .boolean(true)), .exists(field: "tags")]),
            .any([.equals(field: "n", .number(0)), .equals(field: "tags", .number(4))]), .all([]), .any([]),
            .not(.any([.exists(field: "day"), .equals(field: "even", .boolean(false))])), .exists(field: "absent"),
        ]
        for filter in filters {
            let expected = Set(all.filter { filter.matches($0.value) }.keys)
            for request in [
                ConformanceDocument.request("shared words", filter: filter, limit: 100),
                ConformanceDocument.lexicalRequest("shared words", filter: filter, limit: 100),
            ] {
                let found = try await store.search(request, in: scope).hits.map(\.chunk.document.rawValue)
                try require(Set(found), equals: expected, "\(filter) lets through what it should")
            }
        }
    }

    /// Nothing of one tenant ever reaches another, whatever both do under the same ids.
    public func runTenantIsolation(operations: Int, seed: UInt64) async throws {
        let store = try await prepared()
        let scopes = [TenantScope.conformance, .other]
        let canaries = ["canaryone", "canarytwo"]
        var random = SeededGenerator(seed: seed)
        var truth: [[String: ConformanceDocument]] = [[:], [:]]
        let words = ["river", "stone", "cloud", "ember", "field", "glass", "honey", "iron"]
        for step in 0..<operations {
            let note = "seed \(seed), operation \(step)"
            let tenant = Int(random.next() % 2)
            let id = "doc\(random.next() % 12)"
            switch random.next() % 10 {
            case 0...3:
                let chosen = (0..<5).map { _ in words[Int(random.next() % UInt64(words.count))] }.joined(separator: " ")
                let document = ConformanceDocument(
                    id,
                    "\(canaries[tenant]) \(chosen)",
                    metadata: ["owner": .string(canaries[tenant])]
                )
                _ = try await store.publish(try document.publication(), completing: nil, in: scopes[tenant])
                truth[tenant][id] = document
            case 4:
                let proof = try await store.withdraw(try DocumentID(id), in: scopes[tenant])
                try require((proof != nil) == (truth[tenant].removeValue(forKey: id) != nil), "withdrawing tells what was there; \(note)")
            case 5:
                let text = try await store.text(of: try DocumentID(id), revision: nil, in: scopes[tenant])?.text
                try require(text, equals: truth[tenant][id]?.text, "a tenant reads its own text; \(note)")
            case 6:
                let page = try await store.documents(after: nil, prefix: nil, limit: 100, in: scopes[tenant])
                let ids = page.documents.map(\.current.document.rawValue)
                try require(ids, equals: truth[tenant].keys.sorted(), "a tenant lists its own documents; \(note)")
            default:
                try await searchAsStranger(store, scopes, canaries, tenant, truth, note)
            }
        }
        let report = try await store.verify()
        try require(report.faults, equals: [], "the store is sound after seed \(seed)")
        let held = try await store.statistics(in: scopes[0])
        try require(held.documents, equals: truth[0].count, "a tenant's statistics count its own documents; seed \(seed)")
    }

    private func searchAsStranger(
        _ store: any KnowledgeStore,
        _ scopes: [TenantScope],
        _ canaries: [String],
        _ tenant: Int,
        _ truth: [[String: ConformanceDocument]],
        _ note: String
    ) async throws {
        let other = canaries[1 - tenant]
        let foreign = try await store.search(ConformanceDocument.lexicalRequest(other), in: scopes[tenant])
        try require(foreign.hits.isEmpty, "no tenant finds another's words; \(note)")
        let owner = Filter.equals(field: "owner", .string(other))
        let filtered = try await store.search(ConformanceDocument.request("river stone", filter: owner), in: scopes[tenant])
        try require(filtered.hits.isEmpty, "no tenant finds another's metadata; \(note)")
        let own = try await store.search(ConformanceDocument.request(canaries[tenant], limit: 100), in: scopes[tenant])
        let found = Set(own.hits.map(\.chunk.document.rawValue))
        try require(found, equals: Set(truth[tenant].keys), "a tenant finds all of its own; \(note)")
        for passage in try await store.passages(own.hits.map(\.chunk), in: scopes[tenant]) {
            let expected = truth[tenant][passage.chunk.document.rawValue]?.text
            try require(passage.text, equals: expected ?? "", "a passage is the tenant's own; \(note)")
        }
    }
}
