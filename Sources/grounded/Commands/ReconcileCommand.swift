// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Logging
import RAGCore
import RAGQdrant

/// `grounded reconcile`: removes from Qdrant what crashes left. Replicas do it by themselves every few minutes.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Remove what cut-short changes left in Qdrant; replicas may be running. Every replica does it now and then by itself.",
        discussion: "Prints how much it removed; a second run finds nothing."
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: "Seconds after which a left-over is removed that might still belong to a change under way.")
    var grace = 3_600

    func validate() throws {
        guard (0...1_000_000).contains(grace) else { throw ValidationError("--grace wants 0 to 1000000 seconds") }
    }

    func run() async throws {
        let settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        guard let place = settings.qdrant else {
            throw ValidationError("QDRANT_URL is not set: the embedded store leaves nothing behind")
        }
        let serving = ServingStore.qdrant(place, logger: logger)
        guard case .qdrant(let store, _) = serving else { return }
        do {
            let removed = try await store.reconcile(grace: .seconds(grace))
            print(
                """
                removed \(removed.leftovers) left-overs: \(removed.chunks) chunks, \(removed.records) texts and revisions, \
                \(removed.contents) parts of accepted documents
                forgot \(removed.jobs) jobs and \(removed.withdrawals) withdrawals of long ago
                """
            )
        } catch {
            try? await serving.close()
            throw error
        }
        try await serving.close()
    }
}
