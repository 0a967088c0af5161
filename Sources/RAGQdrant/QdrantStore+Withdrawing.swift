// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    package func withdraw(_ id: DocumentID, in scope: TenantScope) async throws(RAGError) -> Withdrawal? {
        let key = DocumentKey(id, in: scope)
        for _ in 0..<4 {
            // What waits is older, and ends once the document is gone: a withdrawal that is cut short loses nothing.
            let older = try await items.take(key)
            do throws(RAGError) {
                let withdrawal = try await withdraw(key, ending: older, in: scope)
                if try await items.endTaken(older, .failed(reason: "withdrawn")) { return withdrawal }
            } catch {
                await items.giveBack(older)
                throw error
            }
        }
        throw Self.neverStill
    }

    private func withdraw(_ key: DocumentKey, ending older: [IngestItem], in scope: TenantScope) async throws(RAGError) -> Withdrawal? {
        let quarantined = try await items.waiting(for: key, withQuarantined: true).filter { $0.state == .quarantined }
        for item in quarantined { try await items.end(item, .failed(reason: "withdrawn")) }
        let hasWork = !older.isEmpty || !quarantined.isEmpty
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let head = try await heads.read(key)
            // Whoever held what was taken may be about to move the head that was read: it moves even if there is no document yet.
            guard head.current != nil || !older.isEmpty else {
                guard head.sequence > 0 || hasWork else { return nil }
                // A withdrawal that was cut short is completed by whoever asks again.
                try await bumpVersion(of: scope)
                try await deleteEverything(of: head)
                guard hasWork else { return nil }
                return try await proof(of: head, was: head)
            }
            let next = head.withdrawn
            let now = try await heads.move(head, to: next)
            // Another replica that withdrew it at the same moment did the same.
            guard now.sequence == next.sequence, now.current == nil else { continue }
            try await bumpVersion(of: scope)
            try await deleteEverything(of: next)
            return try await proof(of: next, was: head)
        }
        throw Self.neverStill
    }

    /// Deletes what belongs to publications up to the head: texts, revisions and chunks of all generations.
    func deleteEverything(of head: Head) async throws(RAGError) {
        for collection in try await allChunks() { try await collection.delete(Self.remains(of: head)) }
        try await records.delete(.all([Self.remains(of: head), Self.texts]))
    }

    private static let texts = PointFilter.matchAny(
        Field.kind,
        [RecordKind.revision.rawValue, RecordKind.text.rawValue]
    )

    private static func remains(of head: Head) -> PointFilter {
        .all([head.key.filter, .range(Field.sequence, .init(upTo: Double(head.sequence)))])
    }

    /// Counts what is left.
    private func proof(of head: Head, was: Head) async throws(RAGError) -> Withdrawal {
        let deadline = Deadline.after(settings.writeLimit)
        var chunks = 0
        for collection in try await allChunks() { chunks += try await collection.count(Self.remains(of: head), deadline: deadline) }
        let texts = try await records.count(.all([Self.remains(of: head), Self.texts]), deadline: deadline)
        return Withdrawal(
            document: head.key.id,
            revisions: was.revisions,
            chunks: was.chunks[try serving().generation.key] ?? 0,
            text: .count(texts),
            vectors: .count(chunks),
            // A chunk's terms lie in the same point as its vector.
            terms: .count(chunks),
            cache: .count(0)
        )
    }
}
