// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import RAGCore
import SystemPackage
import Yams

/// A setting that cannot be used, and what would be right.
struct SettingMistake: Sendable, CustomStringConvertible {
    let key: String
    /// As given; `<redacted>` for secrets.
    let value: String
    let source: String
    let remedy: String

    var description: String { "\(key)=\(value) (from \(source)): \(remedy)" }
}

/// All mistakes of a configuration at once.
struct SettingMistakes: Error, CustomStringConvertible {
    let mistakes: [SettingMistake]

    var description: String {
        let lines = mistakes.map { "  - \($0)" }.joined(separator: "\n")
        return "the configuration has \(mistakes.count) mistake\(mistakes.count == 1 ? "" : "s"):\n\(lines)"
    }
}

/// Reads settings from command line, environment and file, in this order, and collects what is wrong instead of stopping at it.
struct SettingsReader {
    /// A value in force and where it came from.
    struct Entry: Sendable {
        let key: SettingKey
        let value: String?
        let source: String

        /// The value as it may be printed.
        /// Whatever holds an `@` may hold a password before it.
        var shown: String {
            value.map { ($0.isEmpty || !key.isSecret) && !$0.contains("@") ? $0 : "<redacted>" } ?? "(none)"
        }
    }

    private let sources: [(name: String, reader: ConfigReader)]
    private(set) var mistakes: [SettingMistake] = []
    private(set) var entries: [Entry] = []

    /// - Parameters:
    ///   - flags: Settings given on the command line, by name.
    ///   - environment: The process's environment.
    ///   - file: A YAML file of `setting_name: value` lines, or nil.
    init(flags: [String: String], environment: [String: String], file: String?) async throws {
        var sources: [(name: String, reader: ConfigReader)] = []
        let flagValues = Dictionary(
            uniqueKeysWithValues: flags.map { (AbsoluteConfigKey([$0.key.lowercased()]), ConfigValue(.string($0.value), isSecret: false)) }
        )
        sources.append(("command line", ConfigReader(provider: InMemoryProvider(values: flagValues))))
        sources.append(
            ("environment", ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
        )
        if let file {
            do {
                let provider = try await FileProvider<YAMLSnapshot>(filePath: .init(file))
                sources.append((file, ConfigReader(provider: provider)))
            } catch {
                mistakes.append(
                    SettingMistake(key: "--config", value: file, source: "command line", remedy: "cannot be read as YAML: \(error)")
                )
            }
        }
        self.sources = sources
        if let file { noteUnknownKeys(in: file) }
        for name in flags.keys.sorted() where !SettingKey.all.contains(where: { $0.name == name.uppercased() }) {
            mistakes.append(
                SettingMistake(
                    key: name,
                    value: "…",
                    source: "command line",
                    remedy: "there is no such setting; see `grounded check-config`"
                )
            )
        }
    }

    /// A setting's text: the first source that has it, else its default. Empty counts as not set.
    mutating func text(_ key: SettingKey) -> String? {
        for source in sources {
            let value = source.reader.string(forKey: ConfigKey([key.name.lowercased()]), isSecret: key.isSecret)
            if let value, !value.isEmpty {
                entries.append(Entry(key: key, value: value, source: source.name))
                return value
            }
        }
        entries.append(Entry(key: key, value: key.defaultValue, source: "default"))
        return key.defaultValue
    }

    /// A setting as `parse` understands it; a mistake, and `fallback`, where it does not.
    mutating func value<T>(_ key: SettingKey, expecting remedy: String, fallback: T, _ parse: (String) -> T?) -> T {
        guard let text = text(key) else { return fallback }
        if let value = parse(text) { return value }
        note(key, remedy)
        return fallback
    }

    /// Whether `key` was read and has no value.
    func isUnset(_ key: SettingKey) -> Bool { entries.last { $0.key == key }?.value == nil }

    /// Records that the value of `key` last read is wrong.
    mutating func note(_ key: SettingKey, _ remedy: String) {
        let entry = entries.last { $0.key == key }
        mistakes.append(
            SettingMistake(key: key.name, value: entry?.shown ?? "(none)", source: entry?.source ?? "default", remedy: remedy)
        )
    }

    private mutating func noteUnknownKeys(in file: String) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let mapping = try? Yams.Parser(yaml: text).singleRoot()?.mapping
        else { return }
        let known = Set(SettingKey.all.map { $0.name.lowercased() })
        for key in mapping.keys {
            let name = key.string ?? "?"
            if !known.contains(name) {
                mistakes.append(
                    SettingMistake(key: name, value: "…", source: file, remedy: "there is no such setting; see `grounded check-config`")
                )
            }
        }
    }
}
