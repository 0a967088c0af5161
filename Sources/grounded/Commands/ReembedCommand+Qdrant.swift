// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import RAGCore
import RAGPipeline
import RAGQdrant

extension ReembedCommand {
    /// The same for a collection in Qdrant: replicas may serve it all the while.
    func reembed(_ place: QdrantPlace, _ settings: Settings) async throws {
        let serving = ServingStore.qdrant(place, logger: Logger(label: "grounded.reembed"))
        guard case .qdrant(let store, _) = serving else { return }
        do {
            if prune {
                print("\(try await store.prune()) generations that are not in force deleted")
            } else {
                try await fill(store, settings)
            }
        } catch {
            try? await serving.close()
            throw error
        }
        try await serving.close()
    }

    private func fill(_ store: QdrantStore, _ settings: Settings) async throws {
        guard let active = try await store.generation() else {
            throw RAGError(.notFound, "the collection is empty; there is nothing to embed anew")
        }
        let start = ContinuousClock.now
        try await withReembedder(settings, stored: active.space.fingerprint) { reembedder, _ in
            try await store.reembed(to: reembedder.generation) { revision, text in
                try await reembedder.reembed(text, of: revision)
            } progress: { done, total in
                FileHandle.standardError.write(Data("re-embedded \(done)/\(total)\n".utf8))
            }
            let seconds = String(format: "%.1f", start.duration(to: .now).inSeconds)
            print("every document is in generation \(reembedder.generation.identifier) after \(seconds) s; it is in force")
            print("restart all servers with these settings")
        }
    }
}
