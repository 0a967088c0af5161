// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// Whatever changes what can be found or read changes the sequence before it is acknowledged, also for a tenant that was empty.
    public func runSequence() async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        let id = try DocumentID("a")
        let question = ConformanceDocument.lexicalRequest("apples")
        var seen: Set<UInt64> = []
        func changed(_ step: String) async throws {
            let now = try await store.sequence(in: scope)
            try require(seen.insert(now).inserted, "\(step) gives the sequence a number that it never had")
            try require(try await store.sequence(in: scope), equals: now, "the sequence stays while nothing changes")
            // Whether a store has looked at the tenant already makes no difference.
            _ = try await store.search(question, in: scope)
            seen.insert(try await store.sequence(in: scope))
        }
        seen.insert(try await store.sequence(in: scope))
        _ = try await store.publish(try ConformanceDocument("a", "apples").publication(), completing: nil, in: scope)
        try await changed("a tenant's first publication")
        _ = try await store.publish(try ConformanceDocument("b", "pears").publication(), completing: nil, in: scope)
        try await changed("another document")
        _ = try await store.publish(try ConformanceDocument("a", "apples and plums").publication(), completing: nil, in: scope)
        try await changed("a new revision")
        _ = try await store.publish(
            try ConformanceDocument("a", "apples and plums", title: "Fruit").publication(),
            completing: nil,
            in: scope
        )
        try await changed("another title")
        _ = try await store.update(id, url: "https://a.test", metadata: [:], completing: nil, in: scope)
        try await changed("another url")
        _ = try await store.update(id, url: nil, metadata: ["a": .boolean(true)], completing: nil, in: scope)
        try await changed("other metadata")
        _ = try await store.withdraw(id, in: scope)
        try await changed("a withdrawal")
        _ = try await store.publish(try ConformanceDocument("a", "apples").publication(), completing: nil, in: scope)
        try await changed("a document that comes back")
        let before = try await store.sequence(in: .other)
        _ = try await store.publish(try ConformanceDocument("c", "cherries").publication(), completing: nil, in: .other)
        try require(try await store.sequence(in: .other) != before, "a publication changes the sequence of its own tenant")
    }
}
