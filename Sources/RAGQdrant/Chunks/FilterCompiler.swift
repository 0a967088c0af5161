// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// A filter in the server's words.
struct CompiledFilter: Sendable {
    /// Lets through everything that the filter does.
    var condition: PointFilter
    /// Whether it lets through nothing else; otherwise hits are checked with `Filter.matches`.
    var isExact: Bool

    init(_ filter: Filter) { self = Self.compile(filter, negated: false) }

    private init(_ condition: PointFilter, isExact: Bool = true, negated: Bool = false) {
        self.condition = negated ? .not(condition) : condition
        self.isExact = isExact
    }

    private static let nothing = PointFilter.any([])
    private static let everything = PointFilter.all([])

    /// What lets through at least what `filter` does, or, negated, at least what it does not.
    private static func compile(_ filter: Filter, negated: Bool) -> CompiledFilter {
        switch filter {
        case .equals(let field, let value): return anyOf(field, [value], negated: negated)
        case .anyOf(let field, let values): return anyOf(field, values, negated: negated)
        case .exists(let field):
            return CompiledFilter(.match(MetadataFacts.facts, MetadataFacts.existence(of: field)), negated: negated)
        case .range(let field, let bounds): return range(field, bounds, negated: negated)
        case .not(let inner): return compile(inner, negated: !negated)
        case .all(let filters), .any(let filters):
            let isConjunction = if case .all = filter { !negated } else { negated }
            let parts = filters.map { compile($0, negated: negated) }
            let conditions = parts.map(\.condition)
            return CompiledFilter(
                isConjunction ? .all(conditions) : .any(conditions),
                isExact: parts.allSatisfy(\.isExact)
            )
        }
    }

    private static func anyOf(_ field: String, _ values: [MetadataValue], negated: Bool) -> CompiledFilter {
        let tokens = values.compactMap { MetadataFacts.token(field, $0) }
        return CompiledFilter(tokens.isEmpty ? nothing : .matchAny(MetadataFacts.facts, tokens), negated: negated)
    }

    private static func range(_ field: String, _ bounds: FilterBounds, negated: Bool) -> CompiledFilter {
        let all = [bounds.greaterThan, bounds.greaterOrEqual, bounds.lessThan, bounds.lessOrEqual].compactMap { $0 }
        let numbers = all.compactMap { if case .number(let number) = $0 { number } else { nil } }
        let texts = all.compactMap { if case .string(let text) = $0 { text } else { nil } }
        let isField = PointFilter.match("f", MetadataFacts.normal(field))
        if all.isEmpty {
            // Any scalar passes: whether a list that is there has one, only the metadata says.
            return CompiledFilter(
                negated ? everything : .match(MetadataFacts.facts, MetadataFacts.existence(of: field)),
                isExact: false
            )
        }
        if numbers.count == all.count {
            let range = PointFilter.NumberBounds(
                above: number(bounds.greaterThan),
                from: number(bounds.greaterOrEqual),
                below: number(bounds.lessThan),
                upTo: number(bounds.lessOrEqual)
            )
            return CompiledFilter(.nested(MetadataFacts.numbers, .all([isField, .range("v", range)])), negated: negated)
        }
        guard texts.count == all.count else { return CompiledFilter(nothing, negated: negated) }
        if negated { return CompiledFilter(everything, isExact: false) }
        var conditions = [isField]
        for lower in [bounds.greaterThan, bounds.greaterOrEqual].compactMap({ text($0) }) {
            conditions.append(beyond(MetadataFacts.levels(of: lower), isLower: true))
        }
        for upper in [bounds.lessThan, bounds.lessOrEqual].compactMap({ text($0) }) {
            conditions.append(beyond(MetadataFacts.levels(of: upper), isLower: false))
        }
        // The levels hold only the first bytes.
        return CompiledFilter(.nested(MetadataFacts.texts, .all(conditions)), isExact: false)
    }

    /// That the levels are the bound's or beyond them: the first greater, or equal and the second greater, and so on.
    private static func beyond(_ levels: [Int64], isLower: Bool) -> PointFilter {
        func bound(_ level: Int, equal: Bool) -> PointFilter {
            let value = Double(levels[level])
            let name = MetadataFacts.levelNames[level]
            return switch (isLower, equal) {
            case (true, true): .range(name, .init(from: value))
            case (true, false): .range(name, .init(above: value))
            case (false, true): .range(name, .init(upTo: value))
            case (false, false): .range(name, .init(below: value))
            }
        }
        let last = levels.count - 1
        return .any(
            levels.indices.map { level in
                let equals = (0..<level).map { PointFilter.match(MetadataFacts.levelNames[$0], .integer(levels[$0])) }
                return .all(equals + [bound(level, equal: level == last)])
            }
        )
    }

    private static func number(_ value: MetadataValue?) -> Double? { if case .number(let number)? = value { number } else { nil } }
    private static func text(_ value: MetadataValue?) -> String? { if case .string(let text)? = value { text } else { nil } }
}
