// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation

/// `grounded check-config`: what is in force, where it came from, and everything that is wrong with it.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Print the settings in force and where each came from; exit 1 with all mistakes if there are any."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var reader = try await options.reader()
        let problems: SettingMistakes?
        do {
            _ = try Settings(from: &reader)
            problems = nil
        } catch let mistakes as SettingMistakes {
            problems = mistakes
        }
        let width = SettingKey.all.map(\.name.count).max() ?? 0
        for entry in reader.entries {
            let name = entry.key.name.padding(toLength: width, withPad: " ", startingAt: 0)
            print("\(name)  \(entry.shown)  (\(entry.source))")
        }
        print("")
        print("python: \(Composition.pythonReport(override: reader.entries.first { $0.key == .python }?.value))")
        if let problems {
            print("")
            print(problems)
            throw ExitCode(1)
        }
        print("ok")
    }
}
