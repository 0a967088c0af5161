// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

extension KnowledgeStoreConformance {
    /// Random filters over random metadata let through exactly what `Filter.matches` lets through, in both searches.
    public func runRandomFilters(cases: Int, seed: UInt64) async throws {
        let store = try await prepared()
        let scope = TenantScope.conformance
        var random = RandomMetadata(source: SeededGenerator(seed: seed))
        var all: [String: Metadata] = [:]
        for number in 0..<60 {
            let metadata = random.metadata()
            all["r\(number)"] = metadata
            let document = ConformanceDocument("r\(number)", "shared words number \(number)", metadata: metadata)
            _ = try await store.publish(try document.publication(), completing: nil, in: scope)
        }
        for number in 0..<cases {
            let filter = random.filter(depth: 3)
            let expected = Set(all.filter { filter.matches($0.value) }.keys)
            for request in [
                ConformanceDocument.request("shared words", filter: filter, limit: 100),
                ConformanceDocument.lexicalRequest("shared words", filter: filter, limit: 100),
            ] {
                let found = try await store.search(request, in: scope).hits.map(\.chunk.document.rawValue)
                try require(Set(found), equals: expected, "\(filter) lets through what it should; seed \(seed), case \(number)")
            }
        }
    }
}

/// Metadata and filters over few fields and values, so that they meet often; only what can come over the wire.
private struct RandomMetadata {
    var source: SeededGenerator

    private static let strings = ["", "a", "b", "ab", "A", "é", "zebra", "1", "true", "2024-05-01", "2025-01-31", "日本", "a b"]
    private static let numbers: [Double] = [0, 1, 2, 2.5, -3, 7, 1_997, 1e12, 0.1]

    mutating func metadata() -> Metadata {
        var fields: Metadata = [:]
        for field in ["a", "b", "c"] where Int.random(in: 0..<3, using: &source) > 0 {
            fields[field] = Int.random(in: 0..<4, using: &source) == 0 ? list() : scalar()
        }
        return fields
    }

    mutating func filter(depth: Int) -> Filter {
        // One field in four is in no document.
        let field = ["a", "b", "c", "absent"].randomElement(using: &source) ?? "a"
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &source) {
        case 0: return .equals(field: field, scalar())
        case 1: return .anyOf(field: field, (0..<Int.random(in: 1...3, using: &source)).map { _ in scalar() })
        case 2: return .range(field: field, bounds())
        case 3: return .exists(field: field)
        case 4: return .all((0..<Int.random(in: 1...3, using: &source)).map { _ in filter(depth: depth - 1) })
        case 5: return .any((0..<Int.random(in: 1...3, using: &source)).map { _ in filter(depth: depth - 1) })
        default: return .not(filter(depth: depth - 1))
        }
    }

    /// At least one bound; all are numbers or all strings.
    private mutating func bounds() -> FilterBounds {
        let isText = Bool.random(using: &source)
        var bounds: [MetadataValue?] = (0..<4).map { _ in Int.random(in: 0..<3, using: &source) == 0 ? bound(isText) : nil }
        if bounds.allSatisfy({ $0 == nil }) { bounds[Int.random(in: 0..<4, using: &source)] = bound(isText) }
        return FilterBounds(greaterThan: bounds[0], greaterOrEqual: bounds[1], lessThan: bounds[2], lessOrEqual: bounds[3])
    }

    private mutating func bound(_ isText: Bool) -> MetadataValue {
        isText
            ? .string(Self.strings.randomElement(using: &source) ?? "")
            : .number(Self.numbers.randomElement(using: &source) ?? 0)
    }

    private mutating func list() -> MetadataValue { .list((0..<Int.random(in: 0...3, using: &source)).map { _ in scalar() }) }

    private mutating func scalar() -> MetadataValue {
        switch Int.random(in: 0..<5, using: &source) {
        case 0, 1: .string(Self.strings.randomElement(using: &source) ?? "")
        case 2, 3: .number(Self.numbers.randomElement(using: &source) ?? 0)
        default: .boolean(Bool.random(using: &source))
        }
    }
}
