// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import RAGCore
import RAGDocuments
import RAGEmbedded
import RAGPipeline
import RAGTransport

/// `grounded reembed`: chunks and embeds everything anew after a change of model or chunking, while the server goes on with the old ones.
struct ReembedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reembed",
        abstract: "Chunk and embed every document with the model and chunking of these settings, beside what is served. Resumable.",
        discussion: """
            The server may run meanwhile, with its old settings. When nothing is missing, start it with the new ones: that switches, at once. \
            Starting it with the old ones again switches back. --prune deletes what is not in force.
            """
    )

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Go on filling what is published, until the server stops.")
    var follow = false

    @Flag(help: "Delete the chunks of every generation that is not in force; nothing is embedded.")
    var prune = false

    func run() async throws {
        let settings = try await options.settings()
        if let place = settings.qdrant { return try await reembed(place, settings) }
        let filling = try GenerationFilling(directory: settings.dataDirectory)
        do {
            if prune {
                print("\(try await filling.prune()) chunks of generations that are not in force deleted")
            } else {
                try await fill(filling, settings)
            }
        } catch {
            try? filling.close()
            throw error
        }
        try filling.close()
    }

    private func fill(_ filling: GenerationFilling, _ settings: Settings) async throws {
        let stored = try filling.active()?.space.fingerprint
        try await withReembedder(settings, stored: stored) { reembedder, _ in
            try await fill(filling, reembedder, directory: settings.dataDirectory)
        }
    }

    /// Loads the models that the settings mean, for as long as `body` takes.
    func withReembedder(
        _ settings: Settings,
        stored: String?,
        _ body: (Reembedder, Logger) async throws -> Void
    ) async throws {
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        let transport = HTTPTransport(logger: logger)
        do {
            let models = try await Models(
                settings,
                stored: stored,
                transport: transport,
                health: HealthRegistry { Date.now.timeIntervalSince1970 },
                logger: logger
            )
            defer { models.stop() }
            let embedder = SchedulingEmbeddingProvider(
                models.embedder,
                settings: .init(lanes: settings.embedding.threads, textsPerGroup: models.textsPerGroup)
            )
            let reembedder = Reembedder(
                loader: StandardDocumentLoader(),
                chunker: StructureAwareChunker(ChunkingParameters(targetTokens: settings.chunkTokens)),
                embedder: embedder
            )
            try await body(reembedder, logger)
        } catch {
            try? await transport.shutdown()
            throw error
        }
        try? await transport.shutdown()
    }

    private func fill(_ filling: GenerationFilling, _ reembedder: Reembedder, directory: String) async throws {
        let start = ContinuousClock.now
        var outcome = GenerationFilling.Outcome(documents: 0, missing: 0)
        var hasServer = true
        repeat {
            // Looked at first: what a server published before it stopped is filled after that.
            hasServer = EmbeddedStore.server(of: directory) != nil
            outcome = try await filling.fill(reembedder.generation) { revision, text in
                try await reembedder.reembed(text, of: revision)
            } progress: { done, total in
                FileHandle.standardError.write(Data("re-embedded \(done)/\(total)\n".utf8))
            }
            if follow, hasServer { try await Task.sleep(for: .milliseconds(500)) }
        } while follow && hasServer
        guard outcome.missing == 0 else {
            print(
                "\(outcome.missing) of \(outcome.documents) documents are missing: they are published as fast as they are embedded; run it again"
            )
            throw ExitCode(1)
        }
        let seconds = String(format: "%.1f", start.duration(to: .now).inSeconds)
        print("\(outcome.documents) documents are in generation \(reembedder.generation.identifier) after \(seconds) s")
        if try filling.active()?.identifier != reembedder.generation.identifier {
            print("start the server with these settings to put it in force")
        }
    }
}
