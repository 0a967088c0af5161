// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import RAGEmbedded
import RAGTestKit
import Testing

struct MetadataColumnsTests {
    @Test func agreesWithTheDefinitionOnRandomFilters() {
        var cases = 0
        for seed in UInt64(200)..<240 {
            print("metadata seed \(seed)")
            var random = MetadataRandom(seed: seed)
            let slots = (0..<Int.random(in: 0...120, using: &random.source)).map { _ in random.metadata() }
            let columns = MetadataColumns(slots)
            for _ in 0..<100 {
                let filter = random.filter(depth: 3)
                let expected = slots.indices.filter { filter.matches(slots[$0]) }
                #expect(Array(columns.bitmap(matching: filter)) == expected, "seed \(seed): \(filter)")
                cases += 1
            }
        }
        #expect(cases >= 2000)
    }

    @Test func canonicallyEqualStringsAreEqualAndRangesGoByBytes() {
        let slots: [Metadata] = ["e\u{301}", "é", "f", "K", "\u{212A}", "z"].map { ["k": .string($0)] }
        let columns = MetadataColumns(slots)
        let filters: [Filter] = [
            .equals(field: "k", .string("é")), .equals(field: "k", .string("K")),
            .range(field: "k", FilterBounds(greaterThan: .string("é"))), .range(field: "k", FilterBounds(lessThan: .string("é"))),
            .range(field: "k", FilterBounds(lessOrEqual: .string("é"))),
            .range(field: "k", FilterBounds(greaterOrEqual: .string("K"), lessThan: .string("e\u{301}"))),
        ]
        for filter in filters {
            #expect(Array(columns.bitmap(matching: filter)) == slots.indices.filter { filter.matches(slots[$0]) }, "\(filter)")
        }
        #expect(Array(columns.bitmap(matching: filters[0])) == [0, 1])
    }

    @Test func mergingEqualsBuildingFromTheLiveSlots() {
        for seed in UInt64(300)..<330 {
            var random = MetadataRandom(seed: seed)
            // Of equal lists inside of lists the first seen is kept, which need not be the same one after merging.
            random.hasNestedLists = seed % 2 == 0
            var live: [Metadata] = []
            let parts = (0..<Int.random(in: 0...4, using: &random.source)).map { _ in
                let slots = (0..<Int.random(in: 0...40, using: &random.source)).map { _ in random.metadata() }
                var kept = Bitmap(count: slots.count)
                for slot in slots.indices where Int.random(in: 0..<3, using: &random.source) > 0 { kept[slot] = true }
                live += kept.map { slots[$0] }
                return (columns: MetadataColumns(slots), live: kept)
            }
            let merged = MetadataColumns.merged(parts)
            #expect(merged.slotCount == live.count)
            let rebuilt = MetadataColumns(live)
            #expect(random.hasNestedLists || merged.encoded() == rebuilt.encoded(), "seed \(seed)")
            for _ in 0..<50 {
                let filter = random.filter(depth: 2)
                #expect(merged.bitmap(matching: filter) == rebuilt.bitmap(matching: filter), "seed \(seed): \(filter)")
            }
        }
    }

    @Test func isReadBackAsItWasWritten() throws {
        for seed in UInt64(400)..<420 {
            var random = MetadataRandom(seed: seed)
            let columns = MetadataColumns((0..<50).map { _ in random.metadata() })
            var bytes: [UInt8] = [9]
            columns.encode(into: &bytes)
            let back = try MetadataColumns(decoding: bytes[1...])
            #expect(back.encoded() == columns.encoded())
            for _ in 0..<20 {
                let filter = random.filter(depth: 2)
                #expect(back.bitmap(matching: filter) == columns.bitmap(matching: filter))
            }
        }
    }

    @Test func damagedBytesAreRefusedOrAskedWithoutATrap() {
        print("damage seed 500")
        var random = MetadataRandom(seed: 500)
        let intact = MetadataColumns((0..<40).map { _ in random.metadata() }).encoded()
        var refused = 0
        for round in 0..<3000 {
            var bytes = intact
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random.source)) }
            for _ in 0..<Int.random(in: 1...4, using: &random.source) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random.source)
                bytes[place] = UInt8.random(in: 0...255, using: &random.source)
            }
            do {
                let columns = try MetadataColumns(decoding: bytes[...])
                // A flipped high bit of the slot count is valid, but no reason to fill memory with bitmaps.
                guard columns.slotCount < 1 << 20 else { continue }
                for _ in 0..<5 { _ = columns.bitmap(matching: random.filter(depth: 2)) }
                _ = MetadataColumns.merged([(columns, Bitmap(count: columns.slotCount, filled: true))])
            } catch {
                #expect(error.code == .corrupt)
                refused += 1
            }
        }
        #expect(refused > 1000)
    }
}

/// Random metadata and filters over few fields and values, so that they meet often.
private struct MetadataRandom {
    var source: SeededGenerator
    var hasNestedLists = true
    private static let strings = ["", "a", "b", "ab", "é", "e\u{301}", "K", "\u{212A}", "z", "2024-05-01", "2025-01-31", "日本"]
    private static let numbers: [Double] = [0, -0.0, 1, 2, 2.5, -3, 1e300, .infinity, -.infinity, .nan]

    init(seed: UInt64) { source = SeededGenerator(seed: seed) }

    mutating func metadata() -> Metadata {
        var fields: Metadata = [:]
        for field in ["a", "b", "c"] where Int.random(in: 0..<3, using: &source) > 0 {
            fields[field] = Int.random(in: 0..<4, using: &source) == 0 ? list(depth: 1) : scalar()
        }
        return fields
    }

    mutating func filter(depth: Int) -> Filter {
        let field = ["a", "b", "c", "d"].randomElement(using: &source) ?? "a"
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &source) {
        case 0: return .equals(field: field, any())
        case 1: return .anyOf(field: field, (0..<Int.random(in: 0...3, using: &source)).map { _ in any() })
        case 2: return .range(field: field, bounds())
        case 3: return .exists(field: field)
        case 4: return .all((0..<Int.random(in: 0...3, using: &source)).map { _ in filter(depth: depth - 1) })
        case 5: return .any((0..<Int.random(in: 0...3, using: &source)).map { _ in filter(depth: depth - 1) })
        default: return .not(filter(depth: depth - 1))
        }
    }

    private mutating func bounds() -> FilterBounds {
        let kind = Int.random(in: 0..<3, using: &source)
        return FilterBounds(
            greaterThan: bound(kind),
            greaterOrEqual: bound(kind),
            lessThan: bound(kind),
            lessOrEqual: bound(kind)
        )
    }

    private mutating func bound(_ kind: Int) -> MetadataValue? {
        guard Int.random(in: 0..<5, using: &source) < 2 else { return nil }
        switch kind {
        case 0: return Self.strings.randomElement(using: &source).map(MetadataValue.string)
        case 1: return Self.numbers.randomElement(using: &source).map(MetadataValue.number)
        default: return any()
        }
    }

    private mutating func any() -> MetadataValue { Int.random(in: 0..<8, using: &source) == 0 ? list(depth: 1) : scalar() }

    private mutating func list(depth: Int) -> MetadataValue {
        .list(
            (0..<Int.random(in: 0...3, using: &source)).map { _ in
                hasNestedLists && depth > 0 && Int.random(in: 0..<6, using: &source) == 0 ? list(depth: depth - 1) : scalar()
            }
        )
    }

    private mutating func scalar() -> MetadataValue {
        switch Int.random(in: 0..<5, using: &source) {
        case 0, 1: .string(Self.strings.randomElement(using: &source) ?? "")
        case 2, 3: .number(Self.numbers.randomElement(using: &source) ?? 0)
        default: .boolean(Bool.random(using: &source))
        }
    }
}
