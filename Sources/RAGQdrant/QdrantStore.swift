// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

package import Logging
package import RAGCore
import Synchronization

/// The knowledge store of many machines: Qdrant holds everything durable, and any number of replicas serve it.
///
/// Qdrant has no transaction over several points, so visibility is decided by one: a document's head names its current publication, and
/// what belongs to another one is not there. A publish writes chunks and text, moves the head by a conditional update, then deletes the
/// old chunks; whatever a crash leaves in between is invisible and is removed by `reconcile`. What a call acknowledges has been applied
/// by Qdrant and survives the kill of any process; the loss of a Qdrant node is survived as far as its replication goes.
package final class QdrantStore: KnowledgeStore, IngestLog, TransferableStore {
    /// What this replica serves.
    struct Serving: Sendable {
        var generation: StoredGeneration
        /// The generation's chunks.
        var chunks: PointCollection
    }

    let client: QdrantClient
    let settings: QdrantSettings
    let logger: Logger
    let records: PointCollection
    let isolation: Isolation
    let heads: Heads
    let items: IngestItems
    let holdings = HeldLeases()
    let rarities = TermRarities()
    let listings = Listings()
    let currents = CurrentPublications()
    private let served = Mutex<Serving?>(nil)
    private let unreachable = Mutex<RAGError?>(nil)

    package init(_ client: QdrantClient, settings: QdrantSettings = QdrantSettings(), logger: Logger = Logger(label: "grounded.store")) {
        self.client = client
        self.settings = settings
        self.logger = logger
        records = PointCollection(client: client, name: settings.collection, settings: settings)
        isolation = Isolation(logger: logger)
        heads = Heads(records: records, isolation: isolation)
        items = IngestItems(records: records, settings: settings, holdings: holdings)
    }

    /// How often Qdrant has returned another tenant's data since the start; anything but 0 is for an operator to look at, at once.
    package var isolationViolations: Int { isolation.violationCount }

    /// Why Qdrant could not be asked when it was last tried, or nil while it can. Kept up to date by `run`.
    package var failure: RAGError? { unreachable.withLock { $0 } }

    func reach(_ failure: RAGError?) { unreachable.withLock { $0 = failure } }

    /// What this replica was prepared for.
    /// - Throws: `incompatible` before `prepare`.
    func serving() throws(RAGError) -> Serving {
        guard let serving = served.withLock({ $0 }) else {
            throw RAGError(.incompatible, "the store was not prepared for any generation")
        }
        return serving
    }

    func serve(_ generation: StoredGeneration) {
        let serving = Serving(generation: generation, chunks: chunks(of: generation))
        served.withLock { $0 = serving }
    }

    /// The collection of a generation's chunks.
    func chunks(of generation: StoredGeneration) -> PointCollection {
        PointCollection(client: client, name: "\(settings.collection)_\(generation.key)", settings: settings)
    }

    /// The collections of all generations there are, this replica's among them.
    func allChunks() async throws(RAGError) -> [PointCollection] {
        guard let state = try await state() else { return [] }
        return state.generations.map { chunks(of: $0) }
    }

    /// What all replicas agree on; nil if nobody has prepared the collection yet.
    func state() async throws(RAGError) -> CollectionState? {
        guard let point = try await records.retrieve([CollectionState.id], deadline: settings.readDeadline).first else { return nil }
        return try CollectionState(point)
    }
}
