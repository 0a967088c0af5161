// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Reads and moves heads.
struct Heads: Sendable {
    let records: PointCollection
    let isolation: Isolation

    /// The document's head; one without a publication if there is no such document.
    func read(_ key: DocumentKey, deadline: Deadline = .never) async throws(RAGError) -> Head {
        try await read([key], deadline: deadline)[key] ?? Head(none: key)
    }

    /// The document's head and what all replicas agree on, in one request.
    func readWithState(_ key: DocumentKey) async throws(RAGError) -> (head: Head, state: CollectionState?) {
        var head = Head(none: key)
        var state: CollectionState?
        for point in try await records.retrieve([key.head, CollectionState.id], deadline: records.settings.readDeadline) {
            if point.id == CollectionState.id {
                state = try CollectionState(point)
            } else {
                try isolation.requireOwn(point, in: TenantScope(authenticated: key.tenant))
                head = try Head(point, key: key)
            }
        }
        return (head, state)
    }

    /// The heads of those documents that have one.
    func read(_ keys: [DocumentKey], deadline: Deadline = .never) async throws(RAGError) -> [DocumentKey: Head] {
        var known: [PointID: DocumentKey] = [:]
        for key in keys { known[key.head] = key }
        var heads: [DocumentKey: Head] = [:]
        for point in try await records.retrieve(keys.map(\.head), deadline: deadline) {
            guard let key = known[point.id] else { continue }
            try isolation.requireOwn(point, in: TenantScope(authenticated: key.tenant))
            heads[key] = try Head(point, key: key)
        }
        return heads
    }

    /// Which publication is current, of those documents that have one.
    func current(
        _ documents: [PointID],
        in scope: TenantScope,
        deadline: Deadline
    ) async throws(RAGError) -> [PointID: CurrentPublication] {
        guard !documents.isEmpty else { return [:] }
        let answer = try await records.retrieveBriefs(documents, deadline: deadline)
        var current: [PointID: CurrentPublication] = [:]
        current.reserveCapacity(documents.count)
        for point in try FoundPoint.list(answer) {
            guard let id = point.id else { throw QdrantClient.unexpected("sent a point without an id") }
            current[id] = try CurrentPublication(point, tenant: scope.tenant, isolation: isolation)
        }
        return current
    }

    /// Makes `next` the document's head if `head` still is.
    /// - Returns: The head that the document has now; its publication says who won.
    func move(_ head: Head, to next: Head) async throws(RAGError) -> Head {
        let condition: PointCollection.Condition =
            head.sequence == 0 ? .isNew : .matches(.match(Field.sequence, .integer(Int64(head.sequence))))
        try await records.upsert([next.point], if: condition)
        return try await read(head.key)
    }
}
