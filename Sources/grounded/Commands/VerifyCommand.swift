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

/// `grounded verify`: compares the store's indexes with its rows, and its searches with a full scan.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the knowledge store against itself; exit 1 if anything is wrong. The server must not be running."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: max(settings.logLevel, .warning))
        let store = try EmbeddedStore(.init(directory: settings.dataDirectory, indexMemory: settings.indexMemory), logger: logger)
        let report = try await store.verify()
        try await store.close()
        for fault in report.faults { print("fault: \(fault)") }
        print("\(report.documents) documents, \(report.chunks) chunks, \(report.faults.count) faults")
        if !report.faults.isEmpty { throw ExitCode(1) }
    }
}
