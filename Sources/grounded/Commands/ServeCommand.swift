// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Logging
import RAGCore
import RAGHTTP
import RAGQdrant

/// `grounded serve`: the server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Start the server.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings()
        let logger = Telemetry.bootstrap(level: settings.logLevel)
        for warning in settings.keyring?.warnings ?? [] { logger.warning("\(warning)") }
        let composition = try await Composition(settings, logger: logger)
        try await composition.serve { port in
            logger.info(
                "listening",
                metadata: [
                    "host": "\(settings.host)", "port": "\(port)",
                    "store": "\(settings.qdrant.map { "\($0.url), \($0.settings.collection)" } ?? settings.dataDirectory)",
                ]
            )
        }
        logger.info("stopped")
    }
}
