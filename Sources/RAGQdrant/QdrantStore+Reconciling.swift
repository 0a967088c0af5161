// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Logging
package import RAGCore

extension QdrantStore {
    /// What a look for left-overs removed.
    package struct Reconciliation: Sendable, Hashable {
        /// Chunks, texts and revisions that belong to no visible publication.
        package var chunks = 0
        package var records = 0
        /// Content of accepted documents that nobody waits for any more.
        package var contents = 0
        /// Jobs and items that ended long ago.
        package var jobs = 0
        /// Marks of documents that were withdrawn long ago.
        package var withdrawals = 0

        /// Everything that a crash can leave; what merely grew old is not counted.
        package var leftovers: Int { chunks + records + contents }
    }

    /// Removes what crashes left: points of publications that can never become visible, at once; of those that still might, after the
    /// grace period. Any number of replicas may do it at the same time.
    /// - Parameter grace: How old a left-over must be that might still be part of a publish under way; nil means the settings'.
    package func reconcile(grace: Duration? = nil) async throws(RAGError) -> Reconciliation {
        let before = WallClock.now - (grace ?? settings.grace).inSeconds
        var result = Reconciliation()
        for collection in try await allChunks() {
            result.chunks += try await removeLeftovers(in: collection, .all([]), before: before) { point, heads, _ in
                heads[point.document]?.current?.publication == point.publication
            }
        }
        let kinds = PointFilter.matchAny(Field.kind, [RecordKind.revision.rawValue, RecordKind.text.rawValue])
        result.records = try await removeLeftovers(in: records, kinds, before: before) { point, _, chains in
            chains[point.document]?.contains { $0.publication == point.publication || $0.text == point.publication } ?? false
        }
        result.contents = try await removeContents(before: before)
        result.jobs = try await removeJobs(before: WallClock.now - settings.jobRetention.inSeconds)
        result.withdrawals = try await removeWithdrawals(before: before)
        return result
    }

    /// Reconciles now and then, and asks the server how it is every few seconds, until the task is cancelled. The caller owns the task.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepReconciling() }
            group.addTask { await self.keepProbing() }
        }
    }

    private func keepReconciling() async {
        while !Task.isCancelled {
            let pause = settings.reconcileInterval * Double.random(in: 0.5..<1.5)
            do { try await Task.sleep(for: pause) } catch { return }
            do throws(RAGError) {
                let removed = try await reconcile()
                if removed.leftovers > 0 {
                    logger.notice("removed what cut-short changes left", metadata: ["points": "\(removed.leftovers)"])
                }
            } catch {
                if Task.isCancelled { return }
                logger.warning("looking for left-overs failed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// A replica that nobody sends anything to, because it is not ready, must find out by itself that it is ready again.
    private func keepProbing() async {
        while !Task.isCancelled {
            do throws(RAGError) {
                guard try await state() != nil else { throw RAGError(.notFound, "the collection is empty: somebody has deleted it") }
                reach(nil)
            } catch {
                if Task.isCancelled { return }
                reach(error)
            }
            do { try await Task.sleep(for: .seconds(2)) } catch { return }
        }
    }

    private struct Written {
        var document: PointID
        var publication: String
        var sequence: Int
        var writtenAt: Double
    }

    /// Deletes points of publications that are not in use and that no head can name any more, or that are old.
    private func removeLeftovers(
        in collection: PointCollection,
        _ filter: PointFilter,
        before: Double,
        isInUse: (Written, [PointID: Head], [PointID: [PublishedRevision]]) -> Bool
    ) async throws(RAGError) -> Int {
        var removed = 0
        let fields = [Field.tenant, Field.document, Field.publication, Field.sequence, Field.writtenAt]
        try await collection.forEach(filter, fields: .some(fields)) { points throws(RAGError) in
            var written: [(id: PointID, point: Written)] = []
            var tenants: [PointID: String] = [:]
            for point in points {
                let document = try point.requiredID(Field.document)
                tenants[document] = try point.requiredString(Field.tenant)
                written.append(
                    (
                        point.id,
                        Written(
                            document: document,
                            publication: try point.requiredString(Field.publication),
                            sequence: try point.requiredInteger(Field.sequence),
                            writtenAt: point.number(Field.writtenAt) ?? 0
                        )
                    )
                )
            }
            let (heads, chains) = try await self.lookUp(tenants, withChains: collection.name == self.records.name)
            let unused = written.filter { entry in
                guard !isInUse(entry.point, heads, chains) else { return false }
                let sequence = heads[entry.point.document]?.sequence ?? 0
                return entry.point.sequence <= sequence || entry.point.writtenAt < before
            }
            guard !unused.isEmpty else { return }
            // Whoever forgets a withdrawal lets counting begin anew, with the same ids: what was written since is left alone.
            let newest = unused.reduce(0) { max($0, $1.point.writtenAt) }
            try await collection.delete(.all([.ids(unused.map(\.id)), .range(Field.writtenAt, .init(upTo: newest))]))
            removed += unused.count
        }
        return removed
    }

    private func lookUp(
        _ documents: [PointID: String],
        withChains: Bool
    ) async throws(RAGError) -> (heads: [PointID: Head], chains: [PointID: [PublishedRevision]]) {
        var heads: [PointID: Head] = [:]
        var chains: [PointID: [PublishedRevision]] = [:]
        for point in try await records.retrieve(Array(documents.keys), deadline: .after(settings.writeLimit)) {
            guard let tenant = documents[point.id] else { continue }
            let scope = TenantScope(authenticated: tenant)
            // The name is all that a key needs beside the point's id; a withdrawn document has none.
            let key = DocumentKey(head: point.id, tenant: tenant, name: point.string(Field.name) ?? "")
            let head = try Head(point, key: key)
            heads[point.id] = head
            if withChains { chains[point.id] = try await chain(of: head, in: scope) }
        }
        return (heads, chains)
    }

    private func removeContents(before: Double) async throws(RAGError) -> Int {
        var removed = 0
        let isPart = PointFilter.match(Field.kind, RecordKind.part.rawValue)
        try await records.forEach(isPart, fields: .some([Field.owner, Field.writtenAt])) { points throws(RAGError) in
            let owners = Set(try points.map { point throws(RAGError) in try point.requiredID(Field.owner) })
            var states: [PointID: String] = [:]
            let items = try await self.records.retrieve(
                Array(owners),
                fields: .some([Field.state]),
                deadline: .after(self.settings.writeLimit)
            )
            for item in items { states[item.id] = item.string(Field.state) }
            var unused: [PointID] = []
            for point in points {
                let state = states[try point.requiredID(Field.owner)].flatMap { IngestItem.State(rawValue: $0) }
                switch state {
                // Content is written before its item.
                case nil: if (point.number(Field.writtenAt) ?? 0) < before { unused.append(point.id) }
                case .waiting?, .held?, .taken?, .quarantined?: break
                case .indexed?, .unchanged?, .failed?: unused.append(point.id)
                }
            }
            guard !unused.isEmpty else { return }
            try await self.records.delete(.ids(unused))
            removed += unused.count
        }
        return removed
    }

    private func removeJobs(before: Double) async throws(RAGError) -> Int {
        var removed = 0
        let isJob = PointFilter.match(Field.kind, RecordKind.job.rawValue)
        try await records.forEach(isJob, fields: .some([Field.job, Field.writtenAt])) { points throws(RAGError) in
            for point in points where (point.number(Field.writtenAt) ?? 0) < before {
                let own = PointFilter.all([IngestItem.isItem, .match(Field.job, try point.requiredString(Field.job))])
                let deadline = Deadline.after(self.settings.writeLimit)
                let isNeeded = PointFilter.matchAny(
                    Field.state,
                    (IngestItem.State.openStates + [.quarantined]).map(\.rawValue)
                )
                guard try await self.records.count(.all([own, isNeeded]), deadline: deadline) == 0 else { continue }
                try await self.records.delete(own)
                try await self.records.delete(.ids([point.id]))
                removed += 1
            }
        }
        return removed
    }

    /// Forgets documents that were withdrawn long ago. Whatever was under way then has ended, so counting may begin anew.
    private func removeWithdrawals(before: Double) async throws(RAGError) -> Int {
        var removed = 0
        let gone = PointFilter.all([.match(Field.kind, RecordKind.head.rawValue), .match(Field.isAlive, .bool(false))])
        try await records.forEach(gone, fields: .some([Field.sequence, Field.writtenAt])) { points throws(RAGError) in
            for point in points where (point.number(Field.writtenAt) ?? 0) < before {
                let sequence = try point.requiredInteger(Field.sequence)
                try await self.records.delete(
                    .all([
                        .ids([point.id]), gone, .match(Field.sequence, .integer(Int64(sequence))),
                        .range(Field.writtenAt, .init(below: before)),
                    ])
                )
                removed += 1
            }
        }
        return removed
    }
}
