// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Dispatch
import RAGCore
import RAGText
import Testing

@testable import RAGEmbedded

@Suite struct TenantSlotTests {
    private static let opened = Result<OpenedIndex, RAGError>.success(
        OpenedIndex(index: TenantIndex(dimension: 2), keys: [], isSaved: true)
    )

    private func changes(from first: Int64, document: DocumentID) -> IndexChanges.Changes {
        IndexChanges.Changes(
            added: (first..<first + 100).map { key in
                IndexChanges.Addition(
                    key: key,
                    reference: ChunkReference(document: document, revision: 1, ordinal: Int(key)),
                    terms: [1, 2, 3, UInt64(key)],
                    vector: [1, 0],
                    metadata: [:]
                )
            }
        )
    }

    @Test func closingDuringACommitLosesNobodyWhoWaits() async throws {
        let slot = TenantSlot(tenant: 1)
        let extractor = TermExtractor()
        let document = try DocumentID("a")
        for round in 0..<300 {
            if slot.beginOpening() { slot.finish(Self.opened, extractor: extractor) }
            let commit = changes(from: Int64(round) * 100, document: document)
            async let applied: Void = Self.away { slot.apply(commit, extractor: extractor) }
            if let open = slot.peek() { slot.close(ifVersion: open.version) }
            let answer: IndexWaiter.Answer = await withCheckedContinuation { continuation in
                guard slot.join(IndexWaiter(continuation, deadline: .after(.seconds(5)))) else { return }
                DispatchQueue.global().async { slot.finish(Self.opened, extractor: extractor) }
            }
            await applied
            guard case .success = answer else {
                Issue.record("round \(round): nobody answered before the deadline")
                return
            }
        }
    }

    @Test func theDeadlineAnswersAWaiterThatNobodyHolds() async {
        let answer: IndexWaiter.Answer = await withCheckedContinuation { continuation in
            _ = IndexWaiter(continuation, deadline: .after(.milliseconds(20)))
        }
        let error = #expect(throws: RAGError.self) { try answer.get() }
        #expect(error?.code == .deadlineExceeded)
    }

    private static func away(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                body()
                continuation.resume()
            }
        }
    }
}
