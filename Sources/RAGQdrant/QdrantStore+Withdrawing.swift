// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore

extension QdrantStore {
    package func withdraw(_ id: DocumentID, in scope: TenantScope) async throws(RAGError) -> Withdrawal? {
        let key = DocumentKey(id, in: scope)
        let waiting = try await items.waiting(for: key, withQuarantined: true)
        for item in waiting { try await items.end(item, .failed(reason: "withdrawn")) }
        for attempt in 0..<32 {
            if attempt > 0 { try await Self.pause(attempt) }
            let head = try await heads.read(key)
            guard head.current != nil else {
                guard head.sequence > 0 || !waiting.isEmpty else { return nil }
                // A withdrawal that was cut short is completed by whoever asks again.
                try await bumpVersion(of: scope)
                try await deleteEverything(of: head)
                guard !waiting.isEmpty else { return nil }
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
        throw RAGError(.overloaded, "the document is being changed by others without a pause; retry later", retryAfter: .seconds(1))
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
