// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGCore
import RAGEmbedded

/// `grounded backup`: one file that holds everything acknowledged so far, taken while the server runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a checksummed backup of DATA_DIR to one file. The server may be running and being written to."
    )

    @Option(name: .customLong("to"), help: "The file to write; it appears when it is complete, on the disk and read back.")
    var file: String

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        guard settings.qdrant == nil else {
            throw ValidationError(
                "QDRANT_URL is set: Qdrant makes its own snapshots; or migrate to a data directory and back that up (docs/moving.md)"
            )
        }
        let directory = settings.dataDirectory
        let start = ContinuousClock.now
        let manifest = try await Backup.write(directory, to: file, program: Version.current, replacing: force)
        print("\(manifest.summary) in \(file) after \(String(format: "%.1f", start.duration(to: .now).inSeconds)) s")
        print("digest \(manifest.digest)")
    }
}

extension BackupManifest {
    /// What it holds, in one line.
    var summary: String {
        let date = Date(timeIntervalSince1970: createdAt).formatted(.iso8601)
        return "\(documents) documents, \(waiting) accepted and waiting, as of \(date), written by grounded \(program),"
    }
}
