// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import RAGPython

/// `grounded check-config`: what is in force, where it came from, and everything that is wrong with it.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Print the settings in force and where each came from; exit 1 with all mistakes if there are any."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var reader = try await options.reader()
        var settings: Settings?
        var problems: SettingMistakes?
        do {
            settings = try Settings(from: &reader)
        } catch let mistakes as SettingMistakes {
            problems = mistakes
        }
        let width = SettingKey.all.map(\.name.count).max() ?? 0
        for entry in reader.entries {
            let name = entry.key.name.padding(toLength: width, withPad: " ", startingAt: 0)
            print("\(name)  \(entry.shown)  (\(entry.source))")
        }
        print("")
        print("python: \(pythonReport(settings, override: reader.entries.first { $0.key == .python }?.value))")
        if let problems {
            print("")
            print(problems)
            throw ExitCode(1)
        }
        print("ok")
    }

    /// What is found of Python, without loading a model.
    private func pythonReport(_ settings: Settings?, override: String?) -> String {
        let isolation = settings.map(PythonModels.isolation) ?? .inProcess(threads: 1)
        do {
            return "\(try PythonHost.find(PythonModels.places(override), isolation: isolation))"
        } catch {
            return "not usable: \(error)"
        }
    }
}
