// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore

/// Writes settings into a YAML file (`dense_weight: 0.55`) or a file of environment variables (`DENSE_WEIGHT=0.55`) and leaves every
/// other line as it is.
struct SettingsFile {
    /// Whether the file is YAML: by its name, `.yaml` or `.yml`.
    let isYAML: Bool
    private let path: String

    init(_ path: String) {
        self.path = path
        isYAML = ["yaml", "yml"].contains((path as NSString).pathExtension.lowercased())
    }

    /// Sets the settings, in a file of its own that then takes the old one's place.
    /// - Throws: `unavailable` if the file cannot be read or written.
    func set(_ settings: [(key: SettingKey, value: String)]) throws(RAGError) {
        do {
            let exists = FileManager.default.fileExists(atPath: path)
            let old = exists ? try String(contentsOfFile: path, encoding: .utf8) : ""
            try Data(updated(old, settings).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw RAGError(.unavailable, "cannot write \(path)", cause: error)
        }
    }

    /// A file's text with the settings in it.
    func updated(_ text: String, _ settings: [(key: SettingKey, value: String)]) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (key, value) in settings {
            let line = isYAML ? "\(key.name.lowercased()): \(value)" : "\(key.name)=\(value)"
            let places = lines.indices.filter { name(in: lines[$0]) == key.name }
            if let last = places.last {
                lines[last] = line
                // A key that stands twice is a mistake in YAML and the last one in an environment.
                for place in places.dropLast().reversed() { lines.remove(at: place) }
            } else {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The setting that a line sets, in upper case; nil for comments and anything else.
    private func name(in line: String) -> String? {
        guard let mark = line.firstIndex(of: isYAML ? ":" : "="), line.first?.isWhitespace != true || !isYAML else { return nil }
        var name = String(line[..<mark]).trimmed
        if name.hasPrefix("export ") { name = String(name.dropFirst(7)).trimmed }
        return name.uppercased()
    }
}
