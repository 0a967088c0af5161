// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Synchronization

/// Reads and moves items of the ingest log.
final class IngestItems: Sendable {
    let records: PointCollection
    let settings: QdrantSettings
    /// This replica, among all that write.
    private let replica = UUID().uuidString.lowercased()
    private let changes = Atomic(0)
    private let holdings: HeldLeases

    init(records: PointCollection, settings: QdrantSettings, holdings: HeldLeases) {
        self.records = records
        self.settings = settings
        self.holdings = holdings
    }

    /// A mark that nobody else makes.
    func mark() -> String { "\(replica)/\(changes.add(1, ordering: .relaxed).newValue)" }

    func read(_ id: PointID) async throws(RAGError) -> IngestItem? {
        guard let point = try await records.retrieve([id], deadline: settings.readDeadline).first else { return nil }
        return try IngestItem(point)
    }

    /// The item that the lease is for.
    /// - Throws: `conflict` if the lease is lost.
    func held(_ lease: IngestLease) async throws(RAGError) -> IngestItem {
        let item = try await read(IngestItem.id(lease.job, lease.item))
        guard let item, item.state == .held, item.attempts == lease.attempt, item.scope == lease.scope,
            holdings.isLast(of: item)
        else {
            throw Self.lost(lease)
        }
        return item
    }

    private static func lost(_ lease: IngestLease) -> RAGError {
        RAGError(.conflict, "the lease on item \(lease.item) of job \(lease.job) is lost")
    }

    /// The document's items that have not ended.
    func waiting(for key: DocumentKey, withQuarantined: Bool = false) async throws(RAGError) -> [IngestItem] {
        var states = IngestItem.State.openStates
        if withQuarantined { states.append(.quarantined) }
        let state = PointFilter.matchAny(Field.state, states.map(\.rawValue))
        var items: [IngestItem] = []
        try await records.forEach(.all([key.filter, IngestItem.isItem, state])) { points throws(RAGError) in
            for point in points { items.append(try IngestItem(point)) }
        }
        return items
    }

    /// Writes changed items, each if it still is what it was read as.
    /// - Returns: Those that are now as they were to be.
    func move(_ changed: [IngestItem]) async throws(RAGError) -> [IngestItem] {
        guard !changed.isEmpty else { return [] }
        let mark = mark()
        let next = changed.map { item in
            var item = item
            item.sequence += 1
            item.writer = mark
            return item
        }
        let writes = next.map { item in
            let before = PointFilter.match(Field.sequence, .integer(Int64(item.sequence - 1)))
            return (point: item.point, condition: PointCollection.Condition.matches(before))
        }
        try await records.upsertEach(writes)
        let fields = PointCollection.Fields.some(["writer"])
        let now = try await records.retrieve(next.map(\.id), fields: fields, deadline: settings.readDeadline)
        let own = Set(now.filter { $0.string("writer") == mark }.map(\.id))
        return next.filter { own.contains($0.id) }
    }

    /// Changes the item that the lease is for.
    /// - Throws: `conflict` if the lease is lost.
    func change(_ lease: IngestLease, _ body: (inout IngestItem) -> Void) async throws(RAGError) {
        for attempt in 0..<16 {
            if attempt > 0 { try await QdrantStore.pause(attempt) }
            var item = try await held(lease)
            body(&item)
            if try await !move([item]).isEmpty { return }
        }
        throw Self.lost(lease)
    }

    /// Ends the lease's item.
    func end(_ lease: IngestLease, _ end: IngestItem.End) async throws(RAGError) {
        try await change(lease) { $0 = $0.ended(end) }
        if case .quarantined = end { return }
        try await deleteContent(of: IngestItem.id(lease.job, lease.item))
    }

    /// Ends an item whoever holds it; nothing if it has ended. The content of a quarantined one goes with the withdrawal of its document.
    func end(_ item: IngestItem, _ end: IngestItem.End) async throws(RAGError) {
        var item = item
        for attempt in 0..<16 {
            if item.state == .quarantined { return try await deleteContent(of: item.id) }
            guard item.state.isOpen else { return }
            if try await !move([item.ended(end)]).isEmpty {
                if case .quarantined = end { return }
                return try await deleteContent(of: item.id)
            }
            try await QdrantStore.pause(attempt)
            guard let now = try await read(item.id) else { return }
            item = now
        }
        throw RAGError(.overloaded, "an accepted document is being changed by others without a pause; retry later")
    }

    /// How long nobody else may work on what is taken: longer than a change of a document takes, or it is made once more.
    private static let takingSeconds = 60.0

    /// Takes what waits for a document from whoever holds it: while it is taken, nobody can begin to publish it.
    /// - Returns: The items as they are now, to be given to `endTaken` or `giveBack`.
    func take(_ key: DocumentKey) async throws(RAGError) -> [IngestItem] {
        var open = try await waiting(for: key)
        var taken: [IngestItem] = []
        // What is accepted from now on is not older than the change.
        let ids = Set(open.map(\.id))
        for attempt in 0..<16 where !open.isEmpty {
            if attempt > 0 { try await QdrantStore.pause(attempt) }
            taken += try await move(
                open.map { item in
                    var item = item.voided
                    item.state = .taken
                    item.leasedUntil = WallClock.now + Self.takingSeconds
                    return item
                }
            )
            let done = Set(taken.map(\.id))
            if done.count == ids.count { return taken }
            open = try await waiting(for: key).filter { ids.contains($0.id) && !done.contains($0.id) }
        }
        if open.isEmpty { return taken }
        await giveBack(taken)
        throw QdrantStore.neverStill
    }

    /// Ends what was taken.
    /// - Returns: Whether nobody has worked on any of it since; otherwise it may have been published meanwhile.
    func endTaken(_ taken: [IngestItem], _ end: IngestItem.End) async throws(RAGError) -> Bool {
        for item in taken {
            var now = item
            var isDone = false
            for attempt in 0..<16 where !isDone {
                if attempt > 0 {
                    try await QdrantStore.pause(attempt)
                    guard let read = try await read(item.id) else {
                        isDone = true
                        break
                    }
                    now = read
                }
                guard now.leases == item.leases else { return false }
                // Another change that took it, too, may have ended it.
                if now.state.isOpen {
                    isDone = try await !move([now.ended(end)]).isEmpty
                } else {
                    isDone = true
                }
            }
            guard isDone else { throw QdrantStore.neverStill }
            try await deleteContent(of: item.id)
        }
        return true
    }

    /// Lets others work on what was taken, where the change failed. Where that fails, too, they may when its time is up.
    func giveBack(_ taken: [IngestItem]) async {
        _ = try? await move(taken.map(\.voided))
    }

    private func deleteContent(of item: PointID) async throws(RAGError) {
        try await records.delete(.all([.match(Field.kind, RecordKind.part.rawValue), .match(Field.owner, item.text)]))
    }

    /// The document that an item holds; nil if the item ended meanwhile.
    func source(of item: IngestItem) async throws(RAGError) -> DocumentSource? {
        var parts: [String] = []
        for start in stride(from: 0, to: item.parts, by: 8) {
            let ids = (start..<min(start + 8, item.parts)).map { ContentParts.id(of: item.id, $0) }
            let points = try await records.retrieve(ids, deadline: .after(settings.writeLimit))
            var found: [PointID: String] = [:]
            for point in points where point.string(Field.tenant) == item.tenant {
                found[point.id] = try point.requiredString("content")
            }
            for id in ids {
                guard let part = found[id] else { return nil }
                parts.append(part)
            }
        }
        return ContentParts.source(item, parts: parts)
    }
}
