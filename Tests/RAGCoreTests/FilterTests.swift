// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

struct FilterTests {
    private let metadata: Metadata = [
        "lang": .string("en"), "year": .number(2024), "draft": .boolean(false), "tags": .list([.string("a"), .number(7)]),
        "none": .list([]),
    ]

    @Test func comparesScalarsAndListElements() {
        #expect(Filter.equals(field: "lang", .string("en")).matches(metadata))
        #expect(!Filter.equals(field: "lang", .string("EN")).matches(metadata))
        #expect(!Filter.equals(field: "year", .string("2024")).matches(metadata))
        #expect(Filter.equals(field: "draft", .boolean(false)).matches(metadata))
        #expect(Filter.equals(field: "tags", .number(7)).matches(metadata))
        #expect(Filter.anyOf(field: "tags", [.string("z"), .string("a")]).matches(metadata))
        #expect(!Filter.anyOf(field: "lang", []).matches(metadata))
    }

    @Test func anAbsentFieldMatchesNothing() {
        #expect(!Filter.equals(field: "x", .string("")).matches(metadata))
        #expect(!Filter.range(field: "x", FilterBounds()).matches(metadata))
        #expect(!Filter.exists(field: "x").matches(metadata))
        #expect(Filter.not(.exists(field: "x")).matches(metadata))
        #expect(Filter.exists(field: "none").matches(metadata))
        #expect(!Filter.range(field: "none", FilterBounds()).matches(metadata))
    }

    @Test func rangesCompareNumbersWithNumbersAndStringsByBytes() {
        func year(_ bounds: FilterBounds) -> Bool { Filter.range(field: "year", bounds).matches(metadata) }
        #expect(year(FilterBounds(greaterOrEqual: .number(2024), lessOrEqual: .number(2024))))
        #expect(!year(FilterBounds(greaterThan: .number(2024))))
        #expect(!year(FilterBounds(lessThan: .number(2024))))
        #expect(!year(FilterBounds(greaterThan: .string("2000"))))
        #expect(Filter.range(field: "lang", FilterBounds(greaterThan: .string("de"), lessThan: .string("fr"))).matches(metadata))
        #expect(FilterBounds(lessThan: .string("a")).contains(.string("Z")))
        #expect(Filter.range(field: "tags", FilterBounds(greaterThan: .number(6))).matches(metadata))
        #expect(!FilterBounds(greaterOrEqual: .boolean(false)).contains(.boolean(true)))
    }

    @Test func combines() {
        let yes = Filter.exists(field: "lang")
        let no = Filter.exists(field: "x")
        #expect(Filter.all([]).matches(metadata) && !Filter.any([]).matches(metadata))
        #expect(Filter.all([yes, .not(no)]).matches(metadata) && !Filter.all([yes, no]).matches(metadata))
        #expect(Filter.any([no, yes]).matches(metadata) && !Filter.any([no]).matches(metadata))
    }

    @Test func metadataBecomesJSONAndBack() {
        for (_, value) in metadata { #expect(MetadataValue(value.json) == value) }
        #expect(MetadataValue(.null) == nil)
        #expect(MetadataValue(.object([:])) == nil)
        #expect(MetadataValue(.array([.array([])])) == nil)
    }
}
