// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import RAGCore
import RAGEmbedded

/// `grounded restore`: a data directory from a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory from a backup, after checking all of it. The directory must be new or empty."
    )

    @Argument(help: "The backup.")
    var file: String

    @Option(name: .customLong("data"), help: "The data directory to make.")
    var directory: String?

    @Flag(help: "Only check the backup's checksum and say what it holds.")
    var check = false

    func validate() throws {
        guard check != (directory != nil) else { throw ValidationError("give either --data DIR or --check") }
    }

    func run() async throws {
        guard let directory else {
            let manifest = try await Backup.verify(file)
            print("\(manifest.summary) is whole")
            print("digest \(manifest.digest)")
            return
        }
        let manifest = try await Backup.restore(file, to: directory)
        print("\(manifest.summary) restored to \(directory)")
        print("digest \(manifest.digest)")
    }
}
