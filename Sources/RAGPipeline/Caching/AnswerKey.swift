// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore

/// Everything that decides a reply beside what the store holds, in one string of bytes.
///
/// Each part stands behind its kind and its length, so that different requests never make the same key, and texts are compared byte by
/// byte. The deadline is left out: it decides whether there is a reply, not what it says.
struct AnswerKey: Hashable, Sendable {
    private(set) var bytes: [UInt8] = []

    init(_ request: AnswerRequest, in scope: TenantScope, settings: String) {
        append(scope.tenant)
        append(settings)
        append(request.query)
        append(UInt64(bitPattern: Int64(request.topK)))
        append(request.mode.rawValue)
        // Not asked for and refused may be two things.
        append(flag: request.rerank)
        append(flag: request.generate)
        append(flag: request.groupByDocument)
        append(request.retrieval)
        if let filter = request.filter { append(filter) }
    }

    private mutating func append(_ options: RetrievalOptions) {
        append(flag: options.isExplained)
        append(flag: options.collapsesDuplicates)
        append(options.expansion.rawValue)
        append(options.fusion?.method?.rawValue ?? "")
        append(options.fusion?.denseWeight)
        append(options.relevanceShare)
        append(options.boosts.title)
        append(options.boosts.heading)
        append(flag: options.recency != nil)
        guard let recency = options.recency else { return }
        append(recency.field)
        append(recency.halfLifeDays.bitPattern)
        append(recency.weight)
        append(recency.now.bitPattern)
    }

    private mutating func append(_ value: Float?) {
        append(flag: value != nil)
        if let value { append(UInt64(value.bitPattern)) }
    }

    private mutating func append(_ value: UInt64) { bytes.append(littleEndian: value) }

    private mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func append(flag: Bool?) { bytes.append(flag.map { $0 ? 1 : 0 } ?? 2) }

    private mutating func append(_ filter: Filter) {
        switch filter {
        case .equals(let field, let value):
            append(kind: "=", field)
            append(value)
        case .anyOf(let field, let values):
            append(kind: "i", field)
            append(all: values) { $0.append($1) }
        case .range(let field, let bounds):
            append(kind: "r", field)
            for bound in [bounds.greaterThan, bounds.greaterOrEqual, bounds.lessThan, bounds.lessOrEqual] {
                append(flag: bound != nil)
                if let bound { append(bound) }
            }
        case .exists(let field): append(kind: "e", field)
        case .all(let filters):
            append(kind: "&", "")
            append(all: filters) { $0.append($1) }
        case .any(let filters):
            append(kind: "|", "")
            append(all: filters) { $0.append($1) }
        case .not(let filter):
            append(kind: "!", "")
            append(filter)
        }
    }

    private mutating func append(_ value: MetadataValue) {
        switch value {
        case .string(let text): append(kind: "s", text)
        case .number(let number):
            append(kind: "n", "")
            append(number.bitPattern)
        case .boolean(let value):
            append(kind: "b", "")
            append(flag: value)
        case .list(let values):
            append(kind: "l", "")
            append(all: values) { $0.append($1) }
        }
    }

    private mutating func append(kind: Unicode.Scalar, _ text: String) {
        bytes.append(UInt8(truncatingIfNeeded: kind.value))
        append(text)
    }

    private mutating func append<Part>(all parts: [Part], _ append: (inout Self, Part) -> Void) {
        self.append(UInt64(parts.count))
        for part in parts { append(&self, part) }
    }
}
