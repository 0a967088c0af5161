// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import GRDB
import RAGCore
import RAGText

/// Compares one tenant's index with the rows that it is derived from, and its searches with exhaustive ones.
struct IndexCheck {
    let index: TenantIndex
    let indexes: TenantIndexes
    let name: String
    private(set) var faults: [String] = []

    init(index: TenantIndex, indexes: TenantIndexes, name: String) {
        self.index = index
        self.indexes = indexes
        self.name = name
    }

    /// Runs a part of the check; rows that cannot be read are a fault, not the end.
    mutating func reading(_ body: (inout IndexCheck) throws -> Void) {
        do { try body(&self) } catch { faults.append("\(name): \(StorageFault.error(error).message)") }
    }

    /// Every live key is in the index, and no other.
    mutating func compare(keys: [Int64]) {
        let expected = Set(keys)
        let held = Set(index.keys)
        let missing = expected.subtracting(held).count
        let surplus = held.subtracting(expected).count
        if missing > 0 { faults.append("\(name): \(missing) chunks are not in the index") }
        if surplus > 0 { faults.append("\(name): \(surplus) entries of the index have no chunk") }
        if index.liveCount != held.count { faults.append("\(name): the index counts \(index.liveCount) entries, holds \(held.count)") }
    }

    /// The chunk's range lies on characters of its text, and the index holds its vector.
    mutating func compare(_ stored: StoredChunk, _ rows: TenantRows) throws {
        let range = stored.chunk.range
        if let vector = index.vector(of: stored.key) {
            if vector != stored.vector { faults.append("\(name): the index holds another vector for chunk \(stored.key)") }
        }
        let edges = try rows.edges(ofChunk: stored.key)
        if edges.contains(where: { $0 & 0xC0 == 0x80 }) {
            faults.append("\(name): chunk \(stored.key) at \(range) splits a character")
        }
    }

    /// Searches for the chunk's own text and vector; what comes back must be what reading everything finds.
    mutating func search(_ stored: StoredChunk) {
        let terms = indexes.extractor.terms(of: stored.indexedText)
        let found = index.search(vector: nil, terms: terms, filter: nil, limit: 10).hits.compactMap(\.lexical).sorted(by: >)
        let exact = index.exhaustiveSearch(vector: nil, terms: terms, filter: nil, limit: 10).hits.compactMap(\.lexical).sorted(by: >)
        if !Self.agree(found, exact) { faults.append("\(name): a lexical search for chunk \(stored.key) differs from exhaustive search") }
        let near = index.search(vector: stored.vector, terms: nil, filter: nil, limit: 10).hits
        let best = near.compactMap(\.dense).max() ?? -1
        let exactBest =
            index.exhaustiveSearch(vector: stored.vector, terms: nil, filter: nil, limit: 1).hits.compactMap(\.dense).max() ?? -1
        if best < exactBest - 1e-3 { faults.append("\(name): a dense search does not find chunk \(stored.key)") }
    }

    private static func agree(_ found: [Float], _ exact: [Float]) -> Bool {
        found.count == exact.count && zip(found, exact).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($1)) }
    }
}

extension TenantRows {
    /// The bytes that a chunk begins with and that follow it.
    func edges(ofChunk key: Int64) throws -> [UInt8] {
        let row = try row(
            """
            SELECT r.text, c.range_start, c.range_end FROM chunks c
            JOIN revisions r ON r.document = c.document AND r.number = c.revision
            WHERE c.tenant = ?1 AND r.tenant = ?1 AND c.key = ?2
            """,
            [tenant, key]
        )
        guard let row else { return [] }
        let start: Int = row[1]
        let end: Int = row[2]
        let first = try bytes(start..<start + 1, ofText: row[0])
        return try Array(first) + Array(bytes(end..<end + 1, ofText: row[0]))
    }
}
