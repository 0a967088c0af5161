// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation

/// Where settings come from: shared by all subcommands.
struct SettingsOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "A YAML file of settings, below the environment.")
    var file: String?

    @Option(name: .customLong("data-dir"), help: "Folder that holds the knowledge store (DATA_DIR).")
    var dataDirectory: String?

    @Option(name: .customLong("set"), help: "A setting as NAME=VALUE, above the environment; may be repeated.")
    var assignments: [String] = []

    /// Reads every source.
    func reader() async throws -> SettingsReader {
        var flags: [String: String] = [:]
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw ValidationError("--set wants NAME=VALUE, not \(assignment)")
            }
            flags[assignment[..<equals].uppercased()] = String(assignment[assignment.index(after: equals)...])
        }
        if let dataDirectory { flags[SettingKey.dataDirectory.name] = dataDirectory }
        return try await SettingsReader(flags: flags, environment: ProcessInfo.processInfo.environment, file: file)
    }

    /// The validated settings.
    func settings() async throws -> Settings {
        var reader = try await reader()
        return try Settings(from: &reader)
    }
}

/// Which server a client command talks to.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of a running server; without it the one that holds DATA_DIR, else one is started for this command.")
    var server: String?

    @Option(help: "API key, where the server wants one; else GROUNDED_API_KEY.")
    var apiKey: String?

    var key: String? { apiKey ?? ProcessInfo.processInfo.environment["GROUNDED_API_KEY"] }
}
