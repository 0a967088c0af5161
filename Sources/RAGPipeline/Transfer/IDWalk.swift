// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// The ids of a tenant on either of two sides, in the order of their bytes, in bounded memory.
struct IDWalk {
    private struct Side {
        let archives: any DocumentArchives
        var ids: ArraySlice<DocumentID> = []
        var last: DocumentID?
        var isAtEnd = false

        mutating func refill(_ scope: TenantScope, _ pageSize: Int) async throws(RAGError) {
            guard ids.isEmpty, !isAtEnd else { return }
            ids = try await archives.documentIDs(after: last, limit: pageSize, in: scope)[...]
            isAtEnd = ids.count < pageSize
            last = ids.last ?? last
        }
    }

    private var sides: (Side, Side)
    private let scope: TenantScope
    private let pageSize: Int

    init(_ first: any DocumentArchives, _ second: any DocumentArchives, scope: TenantScope, pageSize: Int) {
        sides = (Side(archives: first), Side(archives: second))
        self.scope = scope
        self.pageSize = pageSize
    }

    /// The next ids, none twice; empty at the end.
    mutating func next() async throws(RAGError) -> [DocumentID] {
        var ids: [DocumentID] = []
        while ids.count < pageSize {
            try await sides.0.refill(scope, pageSize)
            try await sides.1.refill(scope, pageSize)
            switch (sides.0.ids.first, sides.1.ids.first) {
            case (nil, nil): return ids
            case (let one?, let two?) where one == two:
                ids.append(one)
                sides.0.ids.removeFirst()
                sides.1.ids.removeFirst()
            case (let one?, let two):
                if let two, two < one {
                    ids.append(two)
                    sides.1.ids.removeFirst()
                } else {
                    ids.append(one)
                    sides.0.ids.removeFirst()
                }
            case (nil, let two?):
                ids.append(two)
                sides.1.ids.removeFirst()
            }
        }
        return ids
    }
}
