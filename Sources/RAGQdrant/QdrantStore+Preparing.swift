// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import RAGCore
import RAGTransport

extension QdrantStore {
    private static let recordIndexes: [PayloadIndex] = [
        .init(field: Field.tenant, kind: .tenant), .init(field: Field.kind, kind: .keyword), .init(field: Field.document, kind: .keyword),
        .init(field: Field.job, kind: .keyword), .init(field: Field.state, kind: .keyword), .init(field: Field.owner, kind: .keyword),
        .init(field: Field.order, kind: .integer), .init(field: Field.sequence, kind: .integer),
    ]

    private static let chunkIndexes: [PayloadIndex] = [
        .init(field: Field.tenant, kind: .tenant), .init(field: Field.document, kind: .keyword),
        .init(field: Field.publication, kind: .keyword), .init(field: Field.sequence, kind: .integer),
        .init(field: MetadataFacts.facts, kind: .keyword), .init(field: "\(MetadataFacts.numbers)[].v", kind: .float),
    ]

    package func prepare(_ generation: Generation) async throws(RAGError) {
        guard generation.space.dimension > 0 else {
            throw RAGError(.invalidConfiguration, "the embedding model has no dimension")
        }
        try await client.checkVersion(deadline: .after(.seconds(10)))
        try await records.create(indexes: Self.recordIndexes) { body in
            body.key("vectors")
            body.object { _ in }
        }
        let wanted = StoredGeneration(generation)
        // Replicas that start together race for the first state; whoever comes second finds the winner's.
        for _ in 0..<10 {
            let state = try await state()
            if let state, state.active.key == wanted.key {
                if try await !chunks(of: wanted).exists(), try await !isEmpty() {
                    throw RAGError(
                        .incompatible,
                        "the chunks of the documents in \(settings.collection) are missing; restore them from a snapshot, or run `grounded reembed`"
                    )
                }
                try await createChunks(of: wanted)
                return serve(wanted)
            }
            if let state, try await !isEmpty() {
                throw RAGError(
                    .incompatible,
                    """
                    the collection \(settings.collection) holds generation \(state.active.generation.identifier), the settings mean \
                    \(generation.identifier); go back to those settings, or run `grounded reembed`
                    """
                )
            }
            try await createChunks(of: wanted)
            if let state {
                try await move(state, to: state.activating(wanted))
            } else {
                let first = CollectionState(sequence: 1, active: wanted, generations: [wanted])
                try await records.upsert([first.point], if: .isNew)
            }
        }
        throw RAGError(.overloaded, "other replicas keep changing the collection's generation; give all of them the same settings")
    }

    package func generation() async throws(RAGError) -> Generation? {
        do throws(RAGError) {
            return try await state()?.active.generation
        } catch  where (error.cause as? UpstreamStatus)?.status == 404 {
            return nil
        }
    }

    /// Changes what all replicas agree on, unless another replica was faster.
    func move(_ state: CollectionState, to next: CollectionState) async throws(RAGError) {
        try await records.upsert([next.point], if: .matches(.match(Field.sequence, .integer(Int64(state.sequence)))))
    }

    func createChunks(of generation: StoredGeneration) async throws(RAGError) {
        let dimension = generation.generation.space.dimension
        try await chunks(of: generation).create(indexes: Self.chunkIndexes) { body in
            body.key("vectors")
            body.object { body in
                body.key(VectorName.dense)
                body.object { body in
                    body.member("size", dimension)
                    // Vectors have length 1 already; a cosine would normalise them again and change their last bits.
                    body.member("distance", "Dot")
                }
            }
            body.key("sparse_vectors")
            body.object { body in
                body.key(VectorName.terms)
                body.object { body in body.member("modifier", "idf") }
            }
            guard settings.isQuantized else { return }
            body.key("quantization_config")
            body.object { body in
                body.key("scalar")
                body.object { body in
                    body.member("type", "int8")
                    body.member("always_ram", true)
                }
            }
        }
    }

    private func isEmpty() async throws(RAGError) -> Bool {
        let alive = PointFilter.all([.match(Field.kind, RecordKind.head.rawValue), .match(Field.isAlive, .bool(true))])
        return try await records.count(alive, deadline: settings.readDeadline) == 0
    }
}
