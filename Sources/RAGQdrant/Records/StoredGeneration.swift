// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Crypto
import RAGCore

/// A generation and the name of its chunks' collection.
struct StoredGeneration: Sendable, Hashable {
    /// 12 hexadecimal digits that follow from the generation.
    let key: String
    let generation: Generation

    init(_ generation: Generation) {
        self.generation = generation
        let digits = Array("0123456789abcdef")
        let digest = SHA256.hash(data: Array(generation.identifier.utf8))
        key = String(digest.prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The generation as JSON.
    var json: JSONValue {
        let space = generation.space
        return .object([
            "model": .string(space.model), "fingerprint": .string(space.fingerprint), "dimension": .integer(Int64(space.dimension)),
            "pooling": .string(space.pooling), "query_prefix": .string(space.queryPrefix), "passage_prefix": .string(space.passagePrefix),
            "precision": .string(space.precision), "maximum_tokens": .integer(Int64(space.maximumTokens)),
            "chunking": .string(generation.chunking),
        ])
    }

    init?(_ value: JSONValue) {
        guard let model = value["model"]?.string, let fingerprint = value["fingerprint"]?.string,
            let dimension = value["dimension"]?.integer.flatMap({ Int(exactly: $0) }), let pooling = value["pooling"]?.string,
            let query = value["query_prefix"]?.string, let passage = value["passage_prefix"]?.string,
            let precision = value["precision"]?.string, let tokens = value["maximum_tokens"]?.integer.flatMap({ Int(exactly: $0) }),
            let chunking = value["chunking"]?.string
        else { return nil }
        let space = EmbeddingSpace(
            model: model,
            fingerprint: fingerprint,
            dimension: dimension,
            pooling: pooling,
            queryPrefix: query,
            passagePrefix: passage,
            precision: precision,
            maximumTokens: tokens
        )
        self.init(Generation(space: space, chunking: chunking))
    }
}

/// What all replicas must agree on: which generation is active, and which ones have chunks.
struct CollectionState: Sendable, Hashable {
    static let id = PointID("meta")

    /// Counts its changes.
    var sequence: Int
    var active: StoredGeneration
    /// All generations that have a collection, the active one among them.
    var generations: [StoredGeneration]

    init(sequence: Int, active: StoredGeneration, generations: [StoredGeneration]) {
        self.sequence = sequence
        self.active = active
        self.generations = generations
    }

    init(_ point: Point) throws(RAGError) {
        sequence = try point.requiredInteger(Field.sequence)
        let text = try point.requiredString("generations")
        let key = try point.requiredString("active")
        guard let list = (try? JSONValue(parsing: Array(text.utf8)))?.array else { throw point.damaged("generations") }
        generations = list.compactMap { StoredGeneration($0) }
        guard generations.count == list.count, let active = generations.first(where: { $0.key == key }) else {
            throw point.damaged("active")
        }
        self.active = active
    }

    var point: PointWrite {
        var writer = JSONWriter()
        writer.value(.array(generations.map(\.json)))
        return PointWrite(
            Self.id,
            [
                Field.kind: .string(RecordKind.meta.rawValue), Field.sequence: .integer(Int64(sequence)), "active": .string(active.key),
                "generations": .string(String(decoding: writer.bytes, as: UTF8.self)),
            ]
        )
    }

    /// The state after this one in which `generation` is active.
    func activating(_ generation: StoredGeneration) -> CollectionState {
        CollectionState(sequence: sequence + 1, active: generation, generations: adding(generation).generations)
    }

    /// The state after this one in which `generation` has a collection too.
    func adding(_ generation: StoredGeneration) -> CollectionState {
        let known = generations.contains { $0.key == generation.key }
        return CollectionState(sequence: sequence + 1, active: active, generations: known ? generations : generations + [generation])
    }
}
