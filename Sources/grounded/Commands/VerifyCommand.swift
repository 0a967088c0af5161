// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import RAGCore
import RAGQdrant

/// `grounded verify`: compares what the store derives with what it holds.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the knowledge store against itself; exit 1 if anything is wrong. A server on DATA_DIR must not be running."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        let serving = try ServingStore.open(settings, logger: logger)
        let report: VerificationReport
        do {
            // A collection is checked in the generation that it serves, whatever the settings mean.
            if case .qdrant(let store, _) = serving, let generation = try await store.generation() { try await store.prepare(generation) }
            report = try await serving.store.verify()
        } catch {
            try? await serving.close()
            throw error
        }
        try await serving.close()
        for fault in report.faults { print("fault: \(fault)") }
        print("\(report.documents) documents, \(report.chunks) chunks, \(report.faults.count) faults")
        if !report.faults.isEmpty { throw ExitCode(1) }
    }
}
