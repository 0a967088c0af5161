// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import RAGCore
import RAGEmbedded
import RAGPipeline

/// `grounded reembed`: chunks and embeds everything anew after a change of model or chunking.
struct ReembedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reembed",
        abstract: "Chunk and embed every document with the model and chunking in force. The server must not be running; resumable."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        let composition = try await Composition(settings, logger: logger, prepares: false)
        do {
            try await reembed(composition)
        } catch {
            try? await composition.close()
            throw error
        }
        try await composition.close()
    }

    private func reembed(_ composition: Composition) async throws {
        let start = ContinuousClock.now
        let pipeline = composition.ingest
        let documents = try await composition.store.statistics(in: nil).documents
        try await composition.store.reembed(to: pipeline.generation) { revision, text in
            try await pipeline.reembed(text, of: revision)
        } progress: { done, total in
            if done % 25 == 0 || done == total {
                FileHandle.standardError.write(Data("re-embedded \(done)/\(total)\n".utf8))
            }
        }
        let seconds = String(format: "%.1f", start.duration(to: .now).inSeconds)
        print("\(documents) documents are in generation \(pipeline.generation.identifier) after \(seconds) s")
    }
}
