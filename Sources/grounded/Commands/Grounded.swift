// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser

/// The command line: each subcommand in a file of its own.
@main
struct Grounded: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grounded",
        abstract: "Documents in, checked answers out.",
        version: Version.current,
        subcommands: [
            ServeCommand.self, IndexCommand.self, QueryCommand.self, EvalCommand.self, TuneCommand.self, QuestionsCommand.self,
            CheckConfigCommand.self, ReembedCommand.self,
            VerifyCommand.self, ReconcileCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self,
            SignificanceCommand.self,
        ]
    )
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}
